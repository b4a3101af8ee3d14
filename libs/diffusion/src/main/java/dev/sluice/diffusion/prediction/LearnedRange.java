package dev.sluice.diffusion.prediction;

import dev.sluice.diffusion.math.FloatMath;

/**
 * Noise whose log-variance the network places between two bounds: Nichol and Dhariwal 2021,
 * equation 15.
 */
public final class LearnedRange {

  private LearnedRange() {}

  /**
   * Adds exp(0.5 (f maxLog + (1 - f) minLog)) noise to {@code mean}, with f = (predicted + 1) / 2.
   */
  public static void addNoise(
      float[] mean, float minLog, float maxLog, float[] predicted, float[] noise) {
    for (int i = 0; i < mean.length; i++) {
      float fraction = (predicted[i] + 1) / 2;
      float logVariance = fraction * maxLog + (1 - fraction) * minLog;
      mean[i] += FloatMath.exp(0.5f * logVariance) * noise[i];
    }
  }

  public static float[] required(float[] predicted, String sampler, VarianceType type) {
    if (predicted == null) {
      throw new IllegalArgumentException(
          "%s with variance_type %s needs twice the sample's channels from the network"
              .formatted(sampler, type.configName()));
    }
    return predicted;
  }
}
