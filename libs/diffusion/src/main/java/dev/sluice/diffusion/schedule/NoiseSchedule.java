package dev.sluice.diffusion.schedule;

import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.PredictionType;

/**
 * A discrete forward process q(x_t | x_0) = N(sqrt(alpha-bar_t) x_0, (1 - alpha-bar_t) I) for
 * timesteps t from 0 to {@link #trainTimesteps()} - 1: DDPM (Ho et al. 2020), equation 4.
 * Immutable.
 */
public final class NoiseSchedule {

  /** What diffusers puts in the place of an alpha-bar of zero, whose sigma would be infinite. */
  private static final float TINIEST_ALPHA_BAR = 0x1p-24f;

  private final float[] betas;
  private final float[] alphaBars;

  private NoiseSchedule(float[] betas, float[] alphaBars) {
    this.betas = betas;
    this.alphaBars = alphaBars;
  }

  /**
   * A schedule of a known kind.
   *
   * @param betaStart the first beta, in (0, 1); not used by the cosine schedule
   * @param betaEnd the last beta, in (0, 1); not used by the cosine schedule
   */
  public static NoiseSchedule of(
      BetaSchedule kind, int trainTimesteps, double betaStart, double betaEnd) {
    if (trainTimesteps < 1 || trainTimesteps > 1_000_000) {
      throw new IllegalArgumentException(
          "num_train_timesteps is " + trainTimesteps + "; expected 1 to 1000000");
    }
    return ofBetas(kind.betas(trainTimesteps, betaStart, betaEnd));
  }

  /**
   * A schedule given beta by beta.
   *
   * @throws IllegalArgumentException if there is none, or one that is no share of variance
   */
  public static NoiseSchedule ofBetas(float... betas) {
    if (betas.length == 0) {
      throw new IllegalArgumentException("there are no betas; expected one for each timestep");
    }
    for (int t = 0; t < betas.length; t++) {
      if (!(betas[t] >= 0 && betas[t] <= 1)) {
        throw new IllegalArgumentException(
            "the beta of timestep %d is %s; expected 0 to 1".formatted(t, betas[t]));
      }
    }
    return accumulated(betas);
  }

  private static NoiseSchedule accumulated(float[] betas) {
    float[] alphas = new float[betas.length];
    for (int t = 0; t < betas.length; t++) {
      alphas[t] = 1 - betas[t];
    }
    return new NoiseSchedule(betas.clone(), FloatMath.cumulativeProduct(alphas));
  }

  /**
   * The same schedule, shifted and scaled so that the last timestep is pure noise: Lin et al. 2023,
   * algorithm 1.
   */
  public NoiseSchedule withZeroTerminalSnr() {
    int count = betas.length;
    float[] roots = new float[count];
    for (int t = 0; t < count; t++) {
      roots[t] = FloatMath.sqrt(alphaBars[t]);
    }
    float first = roots[0];
    float last = roots[count - 1];
    float scale = first / (first - last);
    float[] rescaled = new float[count];
    float previous = 1;
    for (int t = 0; t < count; t++) {
      float root = (roots[t] - last) * scale;
      float alphaBar = root * root;
      rescaled[t] = 1 - alphaBar / previous;
      previous = alphaBar;
    }
    return accumulated(rescaled);
  }

  /** The same schedule with a last alpha-bar above zero, for samplers that work on sigmas. */
  public NoiseSchedule withFiniteSigmas() {
    float[] finite = alphaBars.clone();
    finite[finite.length - 1] = TINIEST_ALPHA_BAR;
    return new NoiseSchedule(betas, finite);
  }

  /** The number of timesteps T that the network was trained with. */
  public int trainTimesteps() {
    return betas.length;
  }

  /** The variance of the noise that forward step t adds. */
  public float beta(int t) {
    return betas[checked(t)];
  }

  /** 1 - beta. */
  float alpha(int t) {
    return 1 - betas[checked(t)];
  }

  /** The share of the clean sample's variance that is left at timestep t, in [0, 1]. */
  public float alphaBar(int t) {
    return alphaBars[checked(t)];
  }

  /** {@link #alphaBar} of every timestep. */
  public float[] alphaBars() {
    return alphaBars.clone();
  }

  /** The noise level sqrt((1 - alpha-bar) / alpha-bar) of the variance-exploding form. */
  public float sigma(int t) {
    return FloatMath.sqrt((1 - alphaBar(t)) / alphaBar(t));
  }

  public float[] sigmas() {
    float[] sigmas = new float[betas.length];
    for (int t = 0; t < sigmas.length; t++) {
      sigmas[t] = sigma(t);
    }
    return sigmas;
  }

  /**
   * Draws from q(x_t | x_0) with given noise: sqrt(alpha-bar_t) x_0 + sqrt(1 - alpha-bar_t) noise.
   */
  public float[] qSample(float[] original, float[] noise, int t) {
    requireSameLength(original, noise);
    return FloatMath.combine(signal(t), original, noise(t), noise);
  }

  /**
   * What a network of {@link PredictionType#V_PREDICTION} should answer for {@link #qSample}:
   * sqrt(alpha-bar_t) noise - sqrt(1 - alpha-bar_t) x_0.
   */
  public float[] velocity(float[] original, float[] noise, int t) {
    requireSameLength(original, noise);
    return FloatMath.combine(signal(t), noise, -noise(t), original);
  }

  /** sqrt(alpha-bar_t). */
  public float signal(int t) {
    return FloatMath.sqrt(alphaBar(t));
  }

  /** sqrt(1 - alpha-bar_t). */
  public float noise(int t) {
    return FloatMath.sqrt(1 - alphaBar(t));
  }

  private int checked(int t) {
    if (t < 0 || t >= betas.length) {
      throw new IllegalArgumentException(
          "timestep " + t + " is not in the schedule; expected 0 to " + (betas.length - 1));
    }
    return t;
  }

  private static void requireSameLength(float[] original, float[] noise) {
    if (original.length != noise.length) {
      throw new IllegalArgumentException(
          "the sample has %d values and the noise %d; expected as many"
              .formatted(original.length, noise.length));
    }
  }
}
