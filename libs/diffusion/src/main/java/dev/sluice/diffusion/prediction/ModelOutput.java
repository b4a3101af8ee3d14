package dev.sluice.diffusion.prediction;

/**
 * A network's answer. Networks that also predict a variance give twice the sample's channels: first
 * the prediction, then the variance.
 *
 * @param prediction as many values as the sample has
 * @param variance as many values again, or null
 */
public record ModelOutput(float[] prediction, float[] variance) {

  public static ModelOutput of(float[] output, int batch, int sampleLength) {
    if (output.length == sampleLength) {
      return new ModelOutput(output, null);
    }
    if (output.length != 2 * sampleLength) {
      throw new IllegalArgumentException(
          "the network's output has %d values; expected %d, or %d with a variance"
              .formatted(output.length, sampleLength, 2 * sampleLength));
    }
    float[] prediction = new float[sampleLength];
    float[] variance = new float[sampleLength];
    int image = sampleLength / batch;
    for (int b = 0; b < batch; b++) {
      System.arraycopy(output, 2 * b * image, prediction, b * image, image);
      System.arraycopy(output, (2 * b + 1) * image, variance, b * image, image);
    }
    return new ModelOutput(prediction, variance);
  }
}
