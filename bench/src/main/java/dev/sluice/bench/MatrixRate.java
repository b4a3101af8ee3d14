package dev.sluice.bench;

import dev.sluice.catalog.loading.Precision;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.random.RandomUniform;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** The rate of TensorFlow's matrix multiplication on this machine, now. */
public final class MatrixRate {

  /**
   * One after the other in a run; the factor is drawn where they are made, and nothing is copied.
   */
  private static final int PRODUCTS = 16;

  private MatrixRate() {}

  /** The best of {@code repeats} runs of float32 products of square matrices, in GFLOP/s. */
  public static double measure(int size, int repeats) {
    return measure(size, repeats, Precision.FLOAT32);
  }

  /** The same in a precision. */
  static double measure(int size, int repeats, Precision precision) {
    try (Graph graph = new Graph();
        Session session = new Session(graph, false)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> drawn =
          tf.random.randomUniform(
              tf.constant(new int[] {size, size}), TFloat32.class, RandomUniform.seed(1L));
      // Products stay as large as their factors.
      Operand<TFloat32> factor = tf.math.mul(drawn, tf.constant(2f / size));
      Op products =
          precision == Precision.BFLOAT16
              ? products(tf, tf.dtypes.cast(factor, TBfloat16.class))
              : products(tf, factor);
      double best = Double.MAX_VALUE;
      for (int i = 0; i < repeats; i++) {
        Stopwatch watch = new Stopwatch();
        session.runner().addTarget(products.op()).run().close();
        best = Math.min(best, watch.seconds());
      }
      return 2.0 * PRODUCTS * size * size * size / best / 1e9;
    }
  }

  private static <T extends TNumber> Operand<T> products(Ops tf, Operand<T> factor) {
    Operand<T> product = factor;
    for (int i = 0; i < PRODUCTS; i++) {
      product = tf.linalg.matMul(product, factor);
    }
    return product;
  }
}
