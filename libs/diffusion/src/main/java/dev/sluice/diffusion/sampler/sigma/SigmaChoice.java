package dev.sluice.diffusion.sampler.sigma;

import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.math.BetaQuantile;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.schedule.SigmaLadder;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import java.util.Arrays;
import java.util.List;

/** Which noise levels a configuration asks for, besides those of the chosen timesteps. */
public final class SigmaChoice {

  /** Ways to space noise levels by themselves. */
  private enum Spacing {
    /** Karras et al. 2022, equation 5. */
    KARRAS("use_karras_sigmas"),
    /** Evenly spaced logarithms. */
    EXPONENTIAL("use_exponential_sigmas"),
    /** Quantiles of a beta distribution: Lee et al. 2024, "Beta Sampling is All You Need". */
    BETA("use_beta_sigmas");

    private final String key;

    Spacing(String key) {
      this.key = key;
    }
  }

  private static final BetaQuantile BETA_QUANTILE = new BetaQuantile(0.6);

  /** Null where the levels are those of the timesteps. */
  private final Spacing spacing;

  private final boolean endsAtZero;
  private final double minimum;
  private final double maximum;

  public SigmaChoice(SchedulerMembers config) {
    List<Spacing> chosen =
        Arrays.stream(Spacing.values()).filter(way -> config.flag(way.key, false)).toList();
    if (chosen.size() > 1) {
      throw config.wrong(chosen.get(1).key, true, "false with " + chosen.get(0).key);
    }
    this.spacing = chosen.isEmpty() ? null : chosen.get(0);
    this.endsAtZero =
        config.choice("final_sigmas_type", "zero", List.of("zero", "sigma_min")).equals("zero");
    this.minimum = config.real("sigma_min", Double.NaN);
    this.maximum = config.real("sigma_max", Double.NaN);
  }

  /** Whether the levels are spaced by themselves, and timesteps follow from them. */
  public boolean isSpaced() {
    return spacing != null;
  }

  public boolean isKarras() {
    return spacing == Spacing.KARRAS;
  }

  public boolean endsAtZero() {
    return endsAtZero;
  }

  public double[] spaced(double highest, double lowest, int steps) {
    double from = Double.isNaN(maximum) ? highest : maximum;
    double to = Double.isNaN(minimum) ? lowest : minimum;
    return switch (spacing) {
      case KARRAS -> SigmaLadder.karras(from, to, steps);
      case EXPONENTIAL -> SigmaLadder.exponential(from, to, steps);
      case BETA ->
          Arrays.stream(TimestepSpacing.linspace(0, 1, steps))
              .map(share -> (float) (to + BETA_QUANTILE.of(1 - share) * (from - to)))
              .toArray();
    };
  }

  public void refuseTimesteps(String sampler, SamplingOptions options) {
    if (isSpaced() && options.hasTimesteps()) {
      throw new IllegalArgumentException(
          "%s takes its timesteps from %s; it accepts no list".formatted(sampler, spacing.key));
    }
  }
}
