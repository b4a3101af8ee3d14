package dev.sluice.diffusion.math;

import java.util.Arrays;

/** {@code torch.quantile} with its linear interpolation. */
public final class Quantile {

  private Quantile() {}

  /**
   * The {@code q}-quantile of {@code values}, which are sorted in passing; between two of them,
   * linearly.
   *
   * @param q from 0 to 1
   */
  public static float of(float[] values, float q) {
    Arrays.sort(values);
    float rank = q * (values.length - 1);
    int below = (int) rank;
    int above = Math.min(below + 1, values.length - 1);
    float weight = rank - below;
    float difference = values[above] - values[below];
    return weight < 0.5f
        ? values[below] + weight * difference
        : values[above] - difference * (1 - weight);
  }
}
