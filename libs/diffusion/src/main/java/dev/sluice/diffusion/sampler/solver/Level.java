package dev.sluice.diffusion.sampler.solver;

import dev.sluice.diffusion.math.FloatMath;

/**
 * A noise level x = alpha x_0 + sigma n.
 *
 * @param lambda log(alpha / sigma), half the logarithm of the signal-to-noise ratio
 */
record Level(float alpha, float sigma, float lambda) {

  /** What alpha is at a noise level that is given as one number. */
  enum Form {
    /** alpha^2 + sigma^2 = 1; the number is their ratio sigma / alpha. */
    VARIANCE_PRESERVING,
    /** alpha + sigma = 1, the straight paths of rectified flow; the number is sigma. */
    STRAIGHT,
    /** alpha = 1; the number is sigma. */
    VARIANCE_EXPLODING
  }

  static Level of(Form form, float number) {
    return switch (form) {
      case VARIANCE_PRESERVING -> {
        float alpha = 1 / FloatMath.sqrt(number * number + 1);
        yield of(alpha, number * alpha);
      }
      case STRAIGHT -> of(1 - number, number);
      case VARIANCE_EXPLODING -> of(1, number);
    };
  }

  private static Level of(float alpha, float sigma) {
    return new Level(alpha, sigma, FloatMath.log(alpha) - FloatMath.log(sigma));
  }

  /** {@link #of} of every number. */
  static Level[] all(Form form, float[] numbers) {
    Level[] levels = new Level[numbers.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = of(form, numbers[i]);
    }
    return levels;
  }
}
