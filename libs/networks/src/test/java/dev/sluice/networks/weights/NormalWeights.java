package dev.sluice.networks.weights;

import java.util.Random;

/** First values of tests: normally distributed, each weight's other than the last one's. */
public final class NormalWeights {

  private static final double SPREAD = 0.5;

  private NormalWeights() {}

  /** The same for the same seed. */
  public static Initializer of(long seed) {
    Random random = new Random(seed);
    return parameter -> {
      float[] values = new float[(int) parameter.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (SPREAD * random.nextGaussian());
      }
      return values;
    };
  }
}
