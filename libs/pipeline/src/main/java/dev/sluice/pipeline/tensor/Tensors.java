package dev.sluice.pipeline.tensor;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;

/** Tensors of one row, put together. */
public final class Tensors {

  private Tensors() {}

  /** One number for one row, {@code [1]}. */
  public static HostTensor.Floats number(float value) {
    return new HostTensor.Floats(new float[] {value}, 1);
  }

  public static HostTensor.Floats zeros(int... shape) {
    int length =
        Math.toIntExact(Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact));
    return new HostTensor.Floats(new float[length], shape);
  }

  /** Joins {@code [..., width]} along the width; all other extents are equal. */
  public static HostTensor.Floats sideBySide(List<HostTensor.Floats> tensors) {
    int[] shape = tensors.get(0).shape().clone();
    int last = shape.length - 1;
    int rows = tensors.get(0).values().length / shape[last];
    int width = 0;
    for (HostTensor.Floats tensor : tensors) {
      width += tensor.shape()[last];
    }
    float[] values = new float[rows * width];
    int column = 0;
    for (HostTensor.Floats tensor : tensors) {
      int own = tensor.shape()[last];
      if (tensor.values().length != rows * own) {
        throw new IllegalArgumentException(
            "%s and %s cannot stand side by side"
                .formatted(
                    Arrays.toString(tensors.get(0).shape()), Arrays.toString(tensor.shape())));
      }
      for (int row = 0; row < rows; row++) {
        System.arraycopy(tensor.values(), row * own, values, row * width + column, own);
      }
      column += own;
    }
    shape[last] = width;
    return new HostTensor.Floats(values, shape);
  }

  /** {@code [1, tokens, width]} filled up with zeros to {@code [1, tokens, wider]}. */
  public static HostTensor.Floats widened(HostTensor.Floats tensor, int wider) {
    int[] shape = tensor.shape();
    int missing = wider - shape[2];
    if (missing < 0) {
      throw new IllegalArgumentException(
          "states of width %d are wider than the denoiser's %d".formatted(shape[2], wider));
    }
    if (missing == 0) {
      return tensor;
    }
    return sideBySide(List.of(tensor, zeros(1, shape[1], missing)));
  }

  /** Joins {@code [1, tokens, width]} along the tokens. */
  public static HostTensor.Floats tokensInRow(HostTensor.Floats one, HostTensor.Floats other) {
    if (one.shape()[2] != other.shape()[2]) {
      throw new IllegalArgumentException(
          "tokens of width %d cannot follow tokens of width %d"
              .formatted(other.shape()[2], one.shape()[2]));
    }
    float[] values = Arrays.copyOf(one.values(), one.values().length + other.values().length);
    System.arraycopy(other.values(), 0, values, one.values().length, other.values().length);
    return new HostTensor.Floats(values, 1, one.shape()[1] + other.shape()[1], one.shape()[2]);
  }

  /** Joins {@code [1, channels, height, width]} along the channels. */
  public static HostTensor.Floats channels(HostTensor.Floats image, HostTensor.Floats more) {
    float[] values = Arrays.copyOf(image.values(), image.values().length + more.values().length);
    System.arraycopy(more.values(), 0, values, image.values().length, more.values().length);
    int[] shape = image.shape().clone();
    shape[1] += more.shape()[1];
    return new HostTensor.Floats(values, shape);
  }

  /**
   * Rows {@code [1, ...]} as one batch.
   *
   * @throws IllegalArgumentException if they are not all of one shape
   */
  public static HostTensor.Floats batch(List<HostTensor.Floats> rows) {
    int[] shape = rows.get(0).shape().clone();
    int length = rows.get(0).values().length;
    float[] values = new float[rows.size() * length];
    for (int i = 0; i < rows.size(); i++) {
      if (!Arrays.equals(rows.get(i).shape(), rows.get(0).shape())) {
        throw new IllegalArgumentException(
            "one batch cannot hold both %s and %s"
                .formatted(
                    Arrays.toString(rows.get(0).shape()), Arrays.toString(rows.get(i).shape())));
      }
      System.arraycopy(rows.get(i).values(), 0, values, i * length, length);
    }
    shape[0] = rows.size();
    return new HostTensor.Floats(values, shape);
  }
}
