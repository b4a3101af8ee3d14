package dev.sluice.parity.network;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.TensorInfo;
import dev.sluice.safetensors.TensorSource;
import java.util.Arrays;

/**
 * A tensor that a reference implementation gave.
 *
 * @param name in the pack, such as {@code out.sample}
 * @param values row-major
 * @param shape the extents, outermost first; empty for a scalar
 */
public record Reference(String name, float[] values, int[] shape) {

  /** A recorded tensor. */
  public static Reference of(TensorSource golden, String name) {
    return new Reference(name, golden.floats(name), shape(golden.info(name)));
  }

  static int[] shape(TensorInfo info) {
    return Arrays.stream(info.shape()).mapToInt(Math::toIntExact).toArray();
  }

  /** How many entries the outermost dimension has. */
  public int length() {
    return shape.length == 0 ? 1 : shape[0];
  }

  /**
   * One entry of the outermost dimension, which counts steps: {@code [steps, ...]} gives {@code
   * [...]}.
   *
   * @throws IllegalArgumentException if there is no such entry
   */
  public Reference step(int index) {
    if (shape.length == 0 || index >= shape[0]) {
      throw new IllegalArgumentException(
          "%s has shape %s: there is no step %d".formatted(name, Arrays.toString(shape), index));
    }
    int size = values.length / shape[0];
    return new Reference(
        name + " of step " + index,
        Arrays.copyOfRange(values, index * size, (index + 1) * size),
        Arrays.copyOfRange(shape, 1, shape.length));
  }

  /** The recorded tensor itself, as an input. */
  public HostTensor.Floats tensor() {
    return new HostTensor.Floats(values, shape);
  }

  /** How near {@code actual} comes; another shape is a failure. */
  public Comparison compare(HostTensor.Floats actual, double tolerance) {
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

  /** {@link #compare(HostTensor.Floats, double)} of values that have this one's shape. */
  public Comparison compare(float[] actual, double tolerance) {
    if (actual.length != values.length) {
      return failure(
          tolerance, "%d values, the reference has %d".formatted(actual.length, values.length));
    }
    return compare(new HostTensor.Floats(actual, shape), tolerance);
  }

  boolean hasShape(HostTensor tensor) {
    return Arrays.equals(shape, tensor.shape());
  }

  /** A comparison that fails for another reason than its values. */
  public Comparison failure(double tolerance, String remark) {
    return new Comparison(name, Double.POSITIVE_INFINITY, tolerance, remark);
  }
}
