package dev.sluice.safetensors;

/**
 * A tensor to be written, without its values.
 *
 * @param dtype the type to store: {@code F64}, {@code F32}, {@code F16} or {@code BF16}
 * @param shape the dimensions, outermost first; empty for a scalar
 */
public record TensorSpec(DType dtype, long[] shape) {

  public TensorSpec {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** The number of elements: the product of the dimensions, 1 for a scalar. */
  public long elements() {
    long elements = 1;
    for (long dimension : shape) {
      elements *= dimension;
    }
    return elements;
  }

  /** The number of stored bytes. */
  public long bytes() {
    return elements() * dtype.byteSize();
  }
}
