package dev.sluice.diffusion;

import java.util.Arrays;
import java.util.List;

/**
 * How noise levels of rectified flow are shifted towards noise: Esser et al. 2024, "Scaling
 * Rectified Flow Transformers", equation 23.
 */
final class FlowShift {

  private final String sampler;
  private final double shift;
  private final boolean dynamic;
  private final boolean linear;

  /** The noise level that the last step is stretched to; 0 for none. */
  private final double terminal;

  /**
   * @param key of the fixed shift
   */
  FlowShift(SchedulerConfig config, String key) {
    this.sampler = config.className();
    this.shift = config.real(key, 1);
    this.dynamic = config.flag("use_dynamic_shifting", false);
    this.linear =
        config
            .choice("time_shift_type", "exponential", List.of("exponential", "linear"))
            .equals("linear");
    this.terminal = config.real("shift_terminal", 0);
    if (!(shift > 0)) {
      throw config.wrong(key, shift, "above 0");
    }
    if (!(terminal >= 0 && terminal < 1)) {
      throw config.wrong("shift_terminal", terminal, "null, or from 0 to below 1");
    }
  }

  boolean isDynamic() {
    return dynamic;
  }

  double fixed() {
    return shift;
  }

  /** Descending levels, shifted. */
  double[] shifted(double[] sigmas, SamplingOptions options) {
    double factor = dynamic ? dynamicShift(options) : shift;
    double[] shifted =
        Arrays.stream(sigmas)
            .map(
                sigma ->
                    dynamic
                        ? factor / (factor + (1 / sigma - 1))
                        : factor * sigma / (1 + (factor - 1) * sigma))
            .toArray();
    return terminal == 0 ? shifted : stretched(shifted);
  }

  private double dynamicShift(SamplingOptions options) {
    double mu =
        options
            .shift()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        sampler + " with use_dynamic_shifting needs a shift mu in its options"));
    return linear ? mu : Math.exp(mu);
  }

  private double[] stretched(double[] sigmas) {
    double scale = (1 - sigmas[sigmas.length - 1]) / (1 - terminal);
    return Arrays.stream(sigmas).map(sigma -> 1 - (1 - sigma) / scale).toArray();
  }
}
