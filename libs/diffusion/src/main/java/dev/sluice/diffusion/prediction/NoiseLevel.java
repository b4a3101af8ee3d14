package dev.sluice.diffusion.prediction;

import dev.sluice.diffusion.math.FloatMath;

/**
 * What a network's input is made of at a step, signal x_0 + noise n, and what its answer means.
 *
 * @param signal the share of the clean sample, 0 to 1
 * @param noise the share of normal noise, 0 to 1
 * @param prediction what the answer is taken for
 */
public record NoiseLevel(float signal, float noise, PredictionType prediction) {

  /**
   * The clean sample that an answer stands for.
   *
   * @param answer the network's, as long as its input
   * @param input of the network
   */
  public float[] original(float[] answer, float[] input) {
    return switch (prediction) {
      case SAMPLE -> answer.clone();
      case EPSILON -> FloatMath.combine(1 / signal, input, -noise / signal, answer);
      case V_PREDICTION -> FloatMath.combine(signal, input, -noise, answer);
      // On a straight path signal + noise = 1, and the velocity is noise - x_0.
      case FLOW -> FloatMath.combine(1, input, -noise, answer);
    };
  }

  /**
   * The noise that an answer stands for.
   *
   * @param answer the network's, as long as its input
   * @param input of the network
   */
  public float[] noise(float[] answer, float[] input) {
    return switch (prediction) {
      case SAMPLE -> FloatMath.combine(1 / noise, input, -signal / noise, answer);
      case EPSILON -> answer;
      case V_PREDICTION -> FloatMath.combine(signal, answer, noise, input);
      case FLOW -> FloatMath.combine(1, input, signal, answer);
    };
  }

  /**
   * How far the clean sample that an answer stands for moves with the input: exactly, for normal
   * data of mean 0 and variance 1 and a network that knows them.
   */
  public double originalPerInput() {
    return signal / ((double) signal * signal + (double) noise * noise);
  }

  /**
   * By how much an answer changes per unit of gradient when the predicted noise is shifted by -
   * noise scale gradient: Dhariwal and Nichol 2021, algorithm 2, which for samplers of all kinds is
   * what equation 14 says of DDIM.
   */
  private float shift(double scale) {
    double noiseShift = -scale * noise;
    return (float)
        switch (prediction) {
          case EPSILON -> noiseShift;
          // x_0 = (x - noise n) / signal, so it moves by - noise / signal of what the noise does;
          // v = signal n - noise x_0 and n - x_0 follow.
          case SAMPLE -> -noise / signal * noiseShift;
          case V_PREDICTION, FLOW -> noiseShift / signal;
        };
  }

  /**
   * Adds a gradient of a log-likelihood to the score that an answer stands for.
   *
   * @param answer the network's, for one picture; its variance, if it has one, stays as it is
   * @param gradient with respect to the network's input, as long as that
   * @param scale 1 for a sample of the product of both densities, more to exaggerate
   * @return a new answer; the same where there is no signal yet to be steered
   */
  public float[] steered(float[] answer, float[] gradient, double scale) {
    float[] steered = answer.clone();
    if (signal > 0) {
      float factor = shift(scale);
      for (int i = 0; i < gradient.length; i++) {
        steered[i] += factor * gradient[i];
      }
    }
    return steered;
  }
}
