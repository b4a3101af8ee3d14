package dev.sluice.networks.graph;

import org.tensorflow.op.Op;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/**
 * One weight of a network.
 *
 * @param name the checkpoint's name, such as {@code down_blocks.0.resnets.1.conv1.weight}
 * @param shape the checkpoint's shape
 * @param layout how the variable orders the values
 * @param variable the TensorFlow variable, in {@code layout}
 * @param value feeds {@code assign}
 * @param assign sets the variable to {@code value}
 */
public record Parameter(
    String name,
    long[] shape,
    Layout layout,
    Variable<TFloat32> variable,
    Placeholder<TFloat32> value,
    Op assign) {

  /** The number of values. */
  public long size() {
    long size = 1;
    for (long extent : shape) {
      size *= extent;
    }
    return size;
  }
}
