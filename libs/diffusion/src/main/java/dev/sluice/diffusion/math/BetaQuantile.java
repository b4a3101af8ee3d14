package dev.sluice.diffusion.math;

/** Quantiles of the symmetric beta distribution, whose two shapes are the same. */
public final class BetaQuantile {

  private static final int MOST_ITERATIONS = 100;

  private final double shape;

  /** The integral of the density, not normalised, over [0, 1/2]: half of the whole. */
  private final double half;

  /**
   * @param shape alpha and beta, above 0
   */
  public BetaQuantile(double shape) {
    this.shape = shape;
    this.half = integral(0.5);
  }

  /** The x below which the share {@code p}, 0 to 1, of the distribution lies. */
  public double of(double p) {
    return p <= 0.5 ? lower(p) : 1 - lower(1 - p);
  }

  private double lower(double p) {
    if (p <= 0) {
      return 0;
    }
    double wanted = 2 * half * p;
    double x = Math.min(0.5, Math.pow(wanted * shape, 1 / shape));
    for (int i = 0; i < MOST_ITERATIONS; i++) {
      double density = Math.pow(x * (1 - x), shape - 1);
      double better = Math.min(0.5, Math.max(x / 2, x - (integral(x) - wanted) / density));
      if (Math.abs(better - x) <= Math.ulp(x)) {
        return better;
      }
      x = better;
    }
    return x;
  }

  /** x^a times the sum of (1-b)_n x^n / (n! (a + n)), which converges fast for x up to 1/2. */
  private double integral(double x) {
    double factor = 1;
    double sum = 1 / shape;
    for (int n = 1; n <= MOST_ITERATIONS; n++) {
      factor *= (n - shape) / n * x;
      sum += factor / (shape + n);
    }
    return Math.pow(x, shape) * sum;
  }
}
