package dev.sluice.bench;

import dev.sluice.networks.layer.Parameter;
import java.util.SplittableRandom;

/** Weights that mean nothing but keep the values that flow through a network in range. */
public final class RandomWeights {

  private RandomWeights() {}

  static float[] of(Parameter parameter, SplittableRandom random) {
    return of(parameter.name(), parameter.shape(), random);
  }

  /** The values of the weight {@code name} of checkpoint shape {@code shape}. */
  public static float[] of(String name, long[] shape, SplittableRandom random) {
    long size = 1;
    for (long extent : shape) {
      size *= extent;
    }
    float[] values = new float[Math.toIntExact(size)];
    boolean matrix = shape.length > 1;
    float spread = matrix ? (float) Math.sqrt(3.0 * shape[0] / size) : 0.1f;
    float centre = !matrix && name.endsWith("weight") ? 1 : 0;
    for (int i = 0; i < values.length; i++) {
      // 24 random bits, from -1 to 1.
      values[i] = centre + spread * ((random.nextInt() >> 8) * 0x1p-23f);
    }
    return values;
  }
}
