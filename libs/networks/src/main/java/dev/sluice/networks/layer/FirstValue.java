package dev.sluice.networks.layer;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * What a weight begins with when it is trained from nothing; where a checkpoint is read, its values
 * take this place.
 */
public enum FirstValue {
  /**
   * Zeros: shifts, and what ends a residual branch or a network, so that training starts from the
   * identity (Ho et al. 2020, appendix B; Peebles and Xie 2023, section 3.2, "adaLN-Zero").
   */
  ZERO,
  /** Ones: the scales of norms. */
  ONE,
  /**
   * Normal, with one over the number of inputs for its variance, so that outputs vary as inputs do
   * (LeCun et al. 1998, section 4.6). The outputs are the outermost dimension.
   */
  FAN_IN,
  /** Normal with a spread of 0.02: tables and places (Radford et al. 2018, section 4.1). */
  SMALL;

  private static final double SMALL_SPREAD = 0.02;

  /**
   * Draws a parameter's values.
   *
   * @return in the checkpoint's order
   */
  float[] draw(Parameter parameter, RandomGenerator random) {
    float[] values = new float[Math.toIntExact(parameter.size())];
    switch (this) {
      case ZERO -> {}
      case ONE -> Arrays.fill(values, 1);
      case FAN_IN ->
          fillNormal(values, Math.sqrt((double) parameter.shape()[0] / values.length), random);
      case SMALL -> fillNormal(values, SMALL_SPREAD, random);
    }
    return values;
  }

  private static void fillNormal(float[] values, double spread, RandomGenerator random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (spread * random.nextGaussian());
    }
  }
}
