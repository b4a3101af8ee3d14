package dev.sluice.diffusion.sampling;

import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.random.NoiseSource;

/**
 * Noise that Euler's method adds before a step: Karras et al. 2022, algorithm 2.
 *
 * @param amount S_churn, at least 0; 0 adds none
 * @param minSigma S_tmin: no noise below this noise level
 * @param maxSigma S_tmax: no noise above this noise level
 * @param noise S_noise, the standard deviation of the added noise
 */
public record Churn(double amount, double minSigma, double maxSigma, double noise) {

  /** No added noise. */
  public static final Churn NONE = new Churn(0, 0, Double.POSITIVE_INFINITY, 1);

  /** Algorithm 2: noise is at most multiplied by the square root of 2. */
  private static final double MOST = Math.sqrt(2) - 1;

  /** A sample, and its noise level after churn. */
  public record Churned(float[] sample, float sigma) {}

  /**
   * Raises a sample's noise level; draws noise only if it does.
   *
   * @param intervals between the noise levels of the plan
   */
  public Churned applied(float[] sample, float sigma, int intervals, NoiseSource source) {
    double gamma = sigma >= minSigma && sigma <= maxSigma ? Math.min(amount / intervals, MOST) : 0;
    float churned = sigma * (float) (gamma + 1);
    if (!(gamma > 0)) {
      return new Churned(sample, churned);
    }
    float[] drawn = source.randn(sample.length);
    float added = FloatMath.sqrt(churned * churned - sigma * sigma);
    float[] noisier = new float[sample.length];
    for (int i = 0; i < noisier.length; i++) {
      noisier[i] = sample[i] + drawn[i] * (float) noise * added;
    }
    return new Churned(noisier, churned);
  }
}
