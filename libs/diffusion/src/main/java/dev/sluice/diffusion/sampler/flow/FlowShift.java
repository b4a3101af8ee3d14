package dev.sluice.diffusion.sampler.flow;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.sampling.SamplingOptions;
import java.util.Arrays;
import java.util.List;

/**
 * How noise levels of rectified flow are shifted towards noise: Esser et al. 2024, "Scaling
 * Rectified Flow Transformers", equation 23.
 */
public final class FlowShift {

  private final String sampler;
  private final double shift;
  private final boolean dynamic;
  private final boolean linear;

  /** mu, linearly in the tokens of a picture: Black Forest Labs 2024, FLUX.1's sampling. */
  private final double shiftPerToken;

  private final double shiftOfNoTokens;

  /** The noise level that the last step is stretched to; 0 for none. */
  private final double terminal;

  /**
   * @param key of the fixed shift
   */
  public FlowShift(SchedulerMembers config, String key) {
    this.sampler = config.className();
    this.shift = config.real(key, 1);
    this.dynamic = config.flag("use_dynamic_shifting", false);
    this.linear =
        config
            .choice("time_shift_type", "exponential", List.of("exponential", "linear"))
            .equals("linear");
    int few = config.integer("base_image_seq_len", 256);
    int many = config.integer("max_image_seq_len", 4096);
    double least = config.real("base_shift", 0.5);
    this.shiftPerToken = (config.real("max_shift", 1.15) - least) / (many - few);
    this.shiftOfNoTokens = least - shiftPerToken * few;
    this.terminal = config.real("shift_terminal", 0);
    if (many <= few) {
      throw config.wrong("max_image_seq_len", many, "more than base_image_seq_len, " + few);
    }
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
  public double[] shifted(double[] sigmas, SamplingOptions options) {
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
    double mu = options.shift().orElseGet(() -> shiftOf(options.imageTokens()));
    return linear ? mu : Math.exp(mu);
  }

  private double shiftOf(int tokens) {
    if (tokens == 0) {
      throw new IllegalArgumentException(
          sampler
              + " with use_dynamic_shifting needs a shift mu, or the size of a picture it is told from");
    }
    return tokens * shiftPerToken + shiftOfNoTokens;
  }

  private double[] stretched(double[] sigmas) {
    double scale = (1 - sigmas[sigmas.length - 1]) / (1 - terminal);
    return Arrays.stream(sigmas).map(sigma -> 1 - (1 - sigma) / scale).toArray();
  }
}
