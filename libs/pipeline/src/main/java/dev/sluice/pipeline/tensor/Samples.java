package dev.sluice.pipeline.tensor;

import dev.sluice.diffusion.math.Resampling;
import dev.sluice.networks.tensor.HostTensor;

/** What happens to samples between stages. */
public final class Samples {

  private Samples() {}

  /** Every value brought into [-1, 1]. */
  public static HostTensor.Floats clamp(HostTensor.Floats sample) {
    float[] values = sample.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(-1, Math.min(1, values[i]));
    }
    return new HostTensor.Floats(values, sample.shape());
  }

  /** Pictures {@code [pictures, channels, height, width]} brought to {@code size} squared. */
  public static HostTensor.Floats resize(HostTensor.Floats pictures, int size) {
    return resize(pictures, size, size);
  }

  private static HostTensor.Floats resize(HostTensor.Floats pictures, int height, int width) {
    int[] shape = pictures.shape();
    float[] values =
        Resampling.BICUBIC_ANTIALIAS.resize(
            pictures.values(), shape[0] * shape[1], shape[2], shape[3], height, width);
    return new HostTensor.Floats(values, shape[0], shape[1], height, width);
  }

  /** As much of the middle of pictures as has the shape wanted, brought to the size wanted. */
  public static HostTensor.Floats fitted(HostTensor.Floats pictures, int height, int width) {
    int[] shape = pictures.shape();
    int rows =
        (int) Math.min(shape[2], Math.max(1, Math.round((double) shape[3] * height / width)));
    int columns =
        (int) Math.min(shape[3], Math.max(1, Math.round((double) shape[2] * width / height)));
    return resize(middle(pictures, rows, columns), height, width);
  }

  private static HostTensor.Floats middle(HostTensor.Floats pictures, int rows, int columns) {
    int[] shape = pictures.shape();
    int top = (shape[2] - rows) / 2;
    int left = (shape[3] - columns) / 2;
    int planes = shape[0] * shape[1];
    float[] values = new float[planes * rows * columns];
    for (int line = 0; line < planes * rows; line++) {
      int from = (line / rows * shape[2] + top + line % rows) * shape[3] + left;
      System.arraycopy(pictures.values(), from, values, line * columns, columns);
    }
    return new HostTensor.Floats(values, shape[0], shape[1], rows, columns);
  }
}
