package dev.sluice.networks.layer;

import dev.sluice.catalog.loading.Precision;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/** What products take and give in a precision, and float32, which all else is in. */
final class Factors {

  private Factors() {}

  /** What was a product's result in bfloat16, and the same values in float32. */
  private record Widened(Operand<TFloat32> wide, Operand<TBfloat16> narrow)
      implements Operand<TFloat32> {
    @Override
    public Output<TFloat32> asOutput() {
      return wide.asOutput();
    }

    @Override
    public Operation op() {
      return wide.op();
    }
  }

  /**
   * A factor of a product. Where it is another product's result nothing is converted: that is in
   * this precision already.
   */
  static Operand<? extends TFloating> narrow(
      Ops tf, Precision precision, Operand<? extends TFloating> x) {
    if (precision == Precision.FLOAT32 || x.type() == TBfloat16.class) {
      return x;
    }
    return x instanceof Widened widened ? widened.narrow() : tf.dtypes.cast(x, TBfloat16.class);
  }

  /** {@code x} in the type of a product's other factor. */
  @SuppressWarnings("unchecked")
  static <T extends TFloating> Operand<T> as(Ops tf, Operand<TFloat32> x, Class<T> type) {
    return type == TFloat32.class ? (Operand<T>) x : tf.dtypes.cast(x, type);
  }

  /** A product's result as the layers pass it on. */
  @SuppressWarnings("unchecked")
  static Operand<TFloat32> widen(Ops tf, Operand<? extends TFloating> y) {
    return y.type() == TFloat32.class
        ? (Operand<TFloat32>) y
        : new Widened(tf.dtypes.cast(y, TFloat32.class), (Operand<TBfloat16>) y);
  }
}
