package dev.sluice.diffusion.sampler.sigma;

import dev.sluice.diffusion.math.FloatMath;
import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.schedule.SigmaLadder;

/** A plan in the variance-exploding form x = x_0 + sigma noise, in which Euler's methods work. */
public abstract class SigmaPlan extends SamplingPlan {

  private final SigmaLadder ladder;
  private final PredictionType prediction;
  private final boolean reachesLastTimestep;

  /**
   * @param reachesLastTimestep whether the first step is at the highest trained noise level
   */
  SigmaPlan(SigmaLadder ladder, PredictionType prediction, boolean reachesLastTimestep) {
    super(ladder.timesteps());
    this.ladder = ladder;
    this.prediction = prediction;
    this.reachesLastTimestep = reachesLastTimestep;
  }

  final float sigma(int i) {
    return ladder.sigmas()[i];
  }

  @Override
  public final float[] sigmas() {
    return ladder.sigmas().clone();
  }

  @Override
  public final float initNoiseSigma() {
    float highest = ladder.highest();
    return reachesLastTimestep ? highest : FloatMath.sqrt(highest * highest + 1);
  }

  /** How many steps the noise levels make. */
  final int intervals() {
    return ladder.sigmas().length - 1;
  }

  /** The noise level that the network is told at a step, if that is between two. */
  float told(int i) {
    return sigma(i);
  }

  @Override
  public final float[] noised(int step, float[] original, float[] noise) {
    return FloatMath.addTo(original.clone(), sigma(step), noise);
  }

  @Override
  public final NoiseLevel level(int i) {
    float signal = 1 / FloatMath.sqrt(told(i) * told(i) + 1);
    return new NoiseLevel(signal, told(i) * signal, prediction);
  }

  /** The network was trained on samples of variance 1. */
  @Override
  protected final float[] scaleInput(int i, float[] sample) {
    float deviation = FloatMath.sqrt(told(i) * told(i) + 1);
    float[] scaled = new float[sample.length];
    for (int j = 0; j < scaled.length; j++) {
      scaled[j] = sample[j] / deviation;
    }
    return scaled;
  }

  /**
   * x_0 as the network sees it.
   *
   * @param sigma the noise level that the network was told
   * @param sampleSigma the noise level of the sample, higher after churn
   */
  final float[] predictOriginal(float[] output, float[] sample, float sigma, float sampleSigma) {
    return switch (prediction) {
      case EPSILON -> FloatMath.addTo(sample.clone(), -sampleSigma, output);
      case SAMPLE -> output.clone();
      case V_PREDICTION -> {
        float variance = sigma * sigma + 1;
        float scale = -sigma / FloatMath.sqrt(variance);
        float[] original = new float[sample.length];
        for (int i = 0; i < original.length; i++) {
          original[i] = output[i] * scale + sample[i] / variance;
        }
        yield original;
      }
      case FLOW -> throw new IllegalStateException("flow is not a prediction over sigmas");
    };
  }

  /** Follows the tangent at noise level {@code from} by {@code step}, which is negative. */
  static float[] euler(float[] sample, float[] original, float from, float step) {
    float[] next = new float[sample.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = sample[i] + (sample[i] - original[i]) / from * step;
    }
    return next;
  }

  /** The tangent of the probability flow: Karras et al. 2022, equation 1 by way of x_0. */
  public static float[] slope(float[] sample, float[] original, float sigma) {
    float[] slope = new float[sample.length];
    for (int i = 0; i < slope.length; i++) {
      slope[i] = (sample[i] - original[i]) / sigma;
    }
    return slope;
  }
}
