package dev.sluice.trainer.evaluate;

import java.util.Locale;

/** How many of how many, with the uncertainty that so many trials leave. */
public record Proportion(int successes, int trials) {

  /** Two-sided 95% quantile of the normal distribution. */
  private static final double Z = 1.959963984540054;

  public Proportion {
    if (trials < 0 || successes < 0 || successes > trials) {
      throw new IllegalArgumentException(
          "%d successes of %d trials is no proportion".formatted(successes, trials));
    }
  }

  /** Of both together. */
  public Proportion plus(Proportion other) {
    return new Proportion(successes + other.successes, trials + other.trials);
  }

  /** A share in [0, 1]; NaN without trials. */
  public double share() {
    return trials == 0 ? Double.NaN : (double) successes / trials;
  }

  /** Lower end of the 95% interval of Wilson (1927). */
  public double lower() {
    return trials == 0 ? 0 : Math.max(0, centre() - halfWidth());
  }

  /** Upper end of the 95% interval of Wilson (1927). */
  public double upper() {
    return trials == 0 ? 1 : Math.min(1, centre() + halfWidth());
  }

  private double centre() {
    return (share() + Z * Z / (2 * trials)) / (1 + Z * Z / trials);
  }

  private double halfWidth() {
    double variance = share() * (1 - share()) / trials + Z * Z / (4.0 * trials * trials);
    return Z / (1 + Z * Z / trials) * Math.sqrt(variance);
  }

  /** For example {@code "47/50 94.0% [83.8, 97.9]"}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d/%d  %.1f%% [%.1f, %.1f]",
        successes,
        trials,
        100 * share(),
        100 * lower(),
        100 * upper());
  }
}
