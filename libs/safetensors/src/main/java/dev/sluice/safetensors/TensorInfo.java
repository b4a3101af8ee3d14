package dev.sluice.safetensors;

import java.util.Arrays;

/**
 * What a header says of one tensor.
 *
 * @param name the tensor's name, for example {@code down_blocks.0.resnets.0.conv1.weight}
 * @param dtype the type of the stored elements
 * @param shape the dimensions, outermost first; empty for a scalar
 * @param begin the first byte, counted from the end of the header
 * @param end the byte after the last, counted from the end of the header
 */
public record TensorInfo(String name, DType dtype, long[] shape, long begin, long end) {

  public TensorInfo {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** The number of elements: the product of the dimensions, 1 for a scalar. */
  public long elements() {
    return byteLength() / dtype.byteSize();
  }

  /** The number of stored bytes. */
  public long byteLength() {
    return end - begin;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorInfo that
        && name.equals(that.name)
        && dtype == that.dtype
        && Arrays.equals(shape, that.shape)
        && begin == that.begin
        && end == that.end;
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(shape);
  }

  @Override
  public String toString() {
    return name + " " + dtype + Arrays.toString(shape);
  }
}
