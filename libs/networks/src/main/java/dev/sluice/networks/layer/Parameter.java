package dev.sluice.networks.layer;

import dev.sluice.catalog.loading.Precision;
import java.util.random.RandomGenerator;

/**
 * One weight of a network, as its layers ask for it.
 *
 * @param name the checkpoint's name, such as {@code down_blocks.0.resnets.1.conv1.weight}
 * @param shape the checkpoint's shape
 * @param layout how a graph's values are ordered
 * @param use the precision in which products take it; float32 where it is no factor of one
 * @param first what it begins with when it is trained from nothing
 */
public record Parameter(String name, long[] shape, Layout layout, Precision use, FirstValue first) {

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

  /** Draws its first values, in the checkpoint's order. */
  public float[] firstValues(RandomGenerator random) {
    return first.draw(this, random);
  }

  /** The shape in a graph. */
  public long[] graphShape() {
    return layout.variableShape(shape);
  }
}
