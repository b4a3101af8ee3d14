package dev.sluice.networks.layer;

import dev.sluice.catalog.Precision;

/**
 * One weight of a network, as its layers ask for it.
 *
 * @param name the checkpoint's name, such as {@code down_blocks.0.resnets.1.conv1.weight}
 * @param shape the checkpoint's shape
 * @param layout how a graph's values are ordered
 * @param use the precision in which products take it; float32 where it is no factor of one
 */
public record Parameter(String name, long[] shape, Layout layout, Precision use) {

  public Parameter {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** The number of values. */
  public long size() {
    long size = 1;
    for (long extent : shape) {
      size *= extent;
    }
    return size;
  }

  /** The shape in a graph. */
  public long[] graphShape() {
    return layout.variableShape(shape);
  }
}
