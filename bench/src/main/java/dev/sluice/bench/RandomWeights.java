package dev.sluice.bench;

import dev.sluice.networks.graph.Parameter;
import java.util.SplittableRandom;

/** Weights that mean nothing but keep the values that flow through a network in range. */
final class RandomWeights {

  private RandomWeights() {}

  static float[] of(Parameter parameter, SplittableRandom random) {
    float[] values = new float[Math.toIntExact(parameter.size())];
    boolean matrix = parameter.shape().length > 1;
    double spread = matrix ? Math.sqrt(3.0 * parameter.shape()[0] / parameter.size()) : 0.1;
    double centre = !matrix && parameter.name().endsWith("weight") ? 1 : 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (centre + spread * (2 * random.nextDouble() - 1));
    }
    return values;
  }
}
