package dev.sluice.parity;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Arrays;

/** Pictures as the reference gives them, and batches of them. */
final class Images {

  private Images() {}

  /** {@code [batch, channels, height, width]} to {@code [batch, height, width, channels]}. */
  static HostTensor.Floats channelsLast(HostTensor.Floats picture) {
    int[] shape = picture.shape();
    int channels = shape[1];
    int area = shape[2] * shape[3];
    float[] values = new float[picture.values().length];
    for (int i = 0; i < values.length; i++) {
      int image = i / (channels * area);
      int pixel = i / channels % area;
      values[i] = picture.values()[(image * channels + i % channels) * area + pixel];
    }
    return new HostTensor.Floats(values, shape[0], shape[2], shape[3], channels);
  }

  /** From [-1, 1], what lies beyond cut off, to [0, 1]. */
  static HostTensor.Floats unit(HostTensor.Floats picture) {
    float[] values = new float[picture.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, Math.min(1, picture.values()[i] / 2 + 0.5f));
    }
    return new HostTensor.Floats(values, picture.shape());
  }

  /** A given picture in [-1, 1]; diffusers takes one without negative values to be in [0, 1]. */
  static HostTensor.Floats centered(HostTensor.Floats picture) {
    float[] values = picture.values().clone();
    for (float value : values) {
      if (value < 0) {
        return picture;
      }
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * values[i] - 1;
    }
    return new HostTensor.Floats(values, picture.shape());
  }

  /** A picture in [-1, 1] as the run's {@code output_type} wants it: numpy's order or PyTorch's. */
  static HostTensor.Floats output(
      HostTensor.Floats picture, RecordedRun run, CallDefaults.Tensors tensors) {
    boolean asTensor = run.text("output_type", "np").equals("pt");
    if (!asTensor || tensors == CallDefaults.Tensors.LIKE_ARRAYS) {
      return channelsLast(unit(picture));
    }
    return tensors == CallDefaults.Tensors.RAW ? picture : unit(picture);
  }

  /** {@code count} rows of the outermost dimension. */
  static HostTensor.Floats rows(HostTensor.Floats tensor, int first, int count) {
    int[] shape = tensor.shape().clone();
    int size = tensor.values().length / shape[0];
    shape[0] = count;
    return new HostTensor.Floats(
        Arrays.copyOfRange(tensor.values(), first * size, (first + count) * size), shape);
  }

  /** One row, {@code count} times. */
  static HostTensor.Floats repeated(HostTensor.Floats row, int count) {
    int size = row.values().length;
    float[] values = new float[count * size];
    for (int i = 0; i < count; i++) {
      System.arraycopy(row.values(), 0, values, i * size, size);
    }
    int[] shape = row.shape().clone();
    shape[0] = count;
    return new HostTensor.Floats(values, shape);
  }
}
