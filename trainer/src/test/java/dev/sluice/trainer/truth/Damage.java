package dev.sluice.trainer.truth;

import java.util.SplittableRandom;

/** The ways in which generated pictures differ from rendered ones. */
final class Damage {

  private static final int SIZE = 64;

  private Damage() {}

  /** Twice the 3x3 mean: about a Gaussian of 1.15 pixels. */
  static float[] blurred(float[] pixels) {
    return boxed(boxed(pixels));
  }

  private static float[] boxed(float[] pixels) {
    float[] result = new float[pixels.length];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < SIZE; y++) {
        for (int x = 0; x < SIZE; x++) {
          float sum = 0;
          for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
              int v = Math.max(0, Math.min(SIZE - 1, y + dy));
              int u = Math.max(0, Math.min(SIZE - 1, x + dx));
              sum += pixels[(c * SIZE + v) * SIZE + u];
            }
          }
          result[(c * SIZE + y) * SIZE + x] = sum / 9;
        }
      }
    }
    return result;
  }

  /** Gaussian noise of this standard deviation, in units of [-1, 1]. */
  static float[] noisy(float[] pixels, double deviation, SplittableRandom random) {
    float[] result = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      result[i] = (float) (pixels[i] + deviation * random.nextGaussian());
    }
    return result;
  }

  /** A tenth less contrast. */
  static float[] faded(float[] pixels) {
    float[] result = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      result[i] = 0.9f * pixels[i];
    }
    return result;
  }
}
