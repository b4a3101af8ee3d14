package dev.sluice.networks.tensor;

import java.util.Arrays;

/** A tensor in the Java heap, row-major, as it enters or leaves a {@code Network}. */
public sealed interface HostTensor {

  /** The extents, outermost first. */
  int[] shape();

  /**
   * Float values. The arrays are shared, not copied: do not write to them after handing them over.
   */
  record Floats(float[] values, int... shape) implements HostTensor {
    public Floats {
      checkSize(values.length, shape);
    }

    /** Whether no value is NaN or infinite. */
    public boolean allFinite() {
      float sum = 0;
      for (float value : values) {
        // A product with zero is NaN for exactly those.
        sum += value * 0;
      }
      return sum == 0;
    }

    /** The values of row {@code index} of the outermost dimension, copied. */
    public Floats row(int index) {
      int size = values.length / shape[0];
      int[] rowShape = shape.clone();
      rowShape[0] = 1;
      return new Floats(Arrays.copyOfRange(values, index * size, (index + 1) * size), rowShape);
    }
  }

  /** Integer values: token ids, class labels, integer timesteps. */
  record Longs(long[] values, int... shape) implements HostTensor {
    public Longs {
      checkSize(values.length, shape);
    }
  }

  /** Truth values, as attention masks are. */
  static Longs ofBooleans(boolean[] values, int... shape) {
    long[] numbers = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      numbers[i] = values[i] ? 1 : 0;
    }
    return new Longs(numbers, shape);
  }

  private static void checkSize(int length, int[] shape) {
    long size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    if (size != length) {
      throw new IllegalArgumentException(
          "shape %s holds %d values, got %d".formatted(Arrays.toString(shape), size, length));
    }
  }
}
