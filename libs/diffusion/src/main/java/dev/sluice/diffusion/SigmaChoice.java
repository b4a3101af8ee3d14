package dev.sluice.diffusion;

import java.util.List;

/** Which noise levels a configuration asks for, besides those of the chosen timesteps. */
final class SigmaChoice {

  private final boolean karras;
  private final boolean exponential;
  private final boolean endsAtZero;
  private final double minimum;
  private final double maximum;
  private final float lowestTrained;

  SigmaChoice(SchedulerConfig config, NoiseSchedule schedule) {
    this.karras = config.flag("use_karras_sigmas", false);
    this.exponential = config.flag("use_exponential_sigmas", false);
    if (karras && exponential) {
      throw config.wrong("use_exponential_sigmas", true, "false with use_karras_sigmas");
    }
    if (config.flag("use_beta_sigmas", false)) {
      throw config.wrong("use_beta_sigmas", true, "false: beta spacing is not supported");
    }
    this.endsAtZero =
        config.choice("final_sigmas_type", "zero", List.of("zero", "sigma_min")).equals("zero");
    this.minimum = config.real("sigma_min", Double.NaN);
    this.maximum = config.real("sigma_max", Double.NaN);
    this.lowestTrained = schedule.sigma(0);
  }

  /** Whether the levels are spaced by themselves, and timesteps follow from them. */
  boolean isSpaced() {
    return karras || exponential;
  }

  boolean isKarras() {
    return karras;
  }

  boolean endsAtZero() {
    return endsAtZero;
  }

  double[] spaced(double highest, double lowest, int steps) {
    double from = Double.isNaN(maximum) ? highest : maximum;
    double to = Double.isNaN(minimum) ? lowest : minimum;
    return karras ? SigmaLadder.karras(from, to, steps) : SigmaLadder.exponential(from, to, steps);
  }

  /** The noise level after the last step. */
  float last() {
    return endsAtZero ? 0 : lowestTrained;
  }

  void refuseTimesteps(String sampler) {
    if (isSpaced()) {
      throw new IllegalArgumentException(
          sampler + " takes its timesteps from Karras or exponential sigmas; it accepts no list");
    }
  }
}
