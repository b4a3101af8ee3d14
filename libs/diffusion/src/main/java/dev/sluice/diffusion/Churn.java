package dev.sluice.diffusion;

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
}
