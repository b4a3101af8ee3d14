package dev.sluice.trainer.train;

import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.weights.Initializer;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * First values of weights, by the role that the name and shape tell: matrices and filters have
 * variance 1/fan-in, tables and positions a small spread, norms are the identity, biases zero, and
 * what ends a residual branch or the network starts at zero, so that training starts from the
 * identity (Ho et al. 2020; Dhariwal and Nichol 2021).
 */
public class WeightInitializer implements Initializer {

  private static final double EMBEDDING_SPREAD = 0.02;

  private final RandomGenerator random;

  public WeightInitializer(long seed) {
    this.random = new SplittableRandom(seed);
  }

  @Override
  public float[] values(Parameter parameter) {
    String name = parameter.name();
    long[] shape = parameter.shape();
    float[] values = new float[Math.toIntExact(parameter.size())];
    if (endsABranch(name) || name.endsWith("bias") || name.equals("clip_mean")) {
      return values;
    }
    if (name.equals("clip_std") || shape.length == 1 && name.endsWith("weight")) {
      java.util.Arrays.fill(values, 1f);
      return values;
    }
    boolean matrix = name.endsWith("weight") && !name.contains("embedding.weight");
    double spread = matrix ? Math.sqrt((double) shape[0] / parameter.size()) : EMBEDDING_SPREAD;
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (spread * random.nextGaussian());
    }
    return values;
  }

  private static boolean endsABranch(String name) {
    return name.startsWith("conv_out.")
        || name.contains(".conv2.")
        || name.contains("attentions.") && name.contains(".to_out.");
  }
}
