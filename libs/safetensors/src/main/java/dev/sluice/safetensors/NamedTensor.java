package dev.sluice.safetensors;

/**
 * Values to be written.
 *
 * @param dtype the type to store: {@code F64}, {@code F32}, {@code F16} or {@code BF16}
 * @param shape the dimensions, outermost first; empty for a scalar
 * @param values the elements in row-major order; not copied
 */
public record NamedTensor(DType dtype, long[] shape, float[] values) {

  public NamedTensor {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** All but the values. */
  TensorSpec spec() {
    return new TensorSpec(dtype, shape);
  }
}
