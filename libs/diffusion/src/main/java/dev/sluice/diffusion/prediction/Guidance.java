package dev.sluice.diffusion.prediction;

/** Combines the answers of a network to the same sample under different conditions. */
public final class Guidance {

  private Guidance() {}

  /**
   * Classifier-free guidance: Ho and Salimans 2022, in the form of GLIDE (Nichol et al. 2022,
   * equation 8).
   *
   * @param scale 1 gives the conditional answer, 0 the unconditional; above 1 exaggerates the
   *     condition
   */
  public static float[] classifierFree(float[] unconditional, float[] conditional, double scale) {
    requireSameLength(unconditional, conditional);
    return guide(unconditional, conditional, scale, unconditional.length);
  }

  /**
   * Classifier-free guidance of one image for a network that also predicts a variance: the first
   * half (the prediction's channels) is guided, the second half is the conditional variance.
   */
  public static float[] classifierFreeWithVariance(
      float[] unconditional, float[] conditional, double scale) {
    requireSameLength(unconditional, conditional);
    return guide(unconditional, conditional, scale, unconditional.length / 2);
  }

  private static float[] guide(
      float[] unconditional, float[] conditional, double scale, int guided) {
    float factor = (float) scale;
    float[] output = conditional.clone();
    if (factor == 1) {
      return output;
    }
    for (int i = 0; i < guided; i++) {
      output[i] = unconditional[i] + factor * (conditional[i] - unconditional[i]);
    }
    return output;
  }

  /**
   * Brings guided answers, whose contrast grows with the scale, back to the standard deviation of
   * the conditional answer: Lin et al. 2023, equations 15 and 16. For one image.
   *
   * @param length how many values, from the first, are the prediction; a variance behind it stays
   * @param strength phi, from 0 (no change) to 1 (the conditional deviation)
   */
  public static float[] rescale(float[] guided, float[] conditional, int length, double strength) {
    requireSameLength(guided, conditional);
    float factor = (float) (deviation(conditional, length) / deviation(guided, length));
    float phi = (float) strength;
    float rest = (float) (1 - strength);
    float[] output = guided.clone();
    for (int i = 0; i < length; i++) {
      output[i] = phi * (guided[i] * factor) + rest * guided[i];
    }
    return output;
  }

  private static double deviation(float[] values, int length) {
    double mean = 0;
    for (int i = 0; i < length; i++) {
      mean += values[i];
    }
    mean /= length;
    double squares = 0;
    for (int i = 0; i < length; i++) {
      squares += (values[i] - mean) * (values[i] - mean);
    }
    return Math.sqrt(squares / (length - 1));
  }

  private static void requireSameLength(float[] one, float[] other) {
    if (one.length != other.length) {
      throw new IllegalArgumentException(
          "guidance needs answers of one length, found %d and %d values"
              .formatted(one.length, other.length));
    }
  }
}
