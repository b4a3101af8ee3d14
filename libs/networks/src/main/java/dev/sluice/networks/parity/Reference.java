package dev.sluice.networks.parity;

import dev.sluice.networks.graph.HostTensor;
import java.util.Arrays;

/**
 * A tensor that a reference implementation gave.
 *
 * @param name in the pack, such as {@code out.sample}
 * @param values row-major
 * @param shape the extents, outermost first; empty for a scalar
 */
record Reference(String name, float[] values, int[] shape) {

  Comparison compare(HostTensor.Floats actual, double tolerance) {
    if (!hasShape(actual)) {
      return failure(
          tolerance,
          "shape %s, the reference has %s"
              .formatted(Arrays.toString(actual.shape()), Arrays.toString(shape)));
    }
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      double difference = Math.abs((double) actual.values()[i] - values[i]);
      if (!Double.isFinite(difference)) {
        return failure(tolerance, "value " + actual.values()[i] + " at index " + i);
      }
      worst = Math.max(worst, difference);
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return new Comparison(name, largest == 0 ? worst : worst / largest, tolerance, "");
  }

  boolean hasShape(HostTensor tensor) {
    return Arrays.equals(shape, tensor.shape());
  }

  Comparison failure(double tolerance, String remark) {
    return new Comparison(name, Double.POSITIVE_INFINITY, tolerance, remark);
  }
}
