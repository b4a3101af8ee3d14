package dev.sluice.bench;

import dev.sluice.catalog.loading.Precision;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/** The rate of TensorFlow's matrix multiplication on this machine, now. */
final class MatrixRate {

  /** One after the other in a run, so that the way to a device and back hardly counts. */
  private static final int PRODUCTS = 4;

  private MatrixRate() {}

  /** The best of {@code repeats} runs of float32 products of square matrices, in GFLOP/s. */
  static double measure(int size, int repeats) {
    return measure(size, repeats, Precision.FLOAT32);
  }

  /** The same in a precision. */
  static double measure(int size, int repeats, Precision precision) {
    try (Graph graph = new Graph();
        Session session = new Session(graph, false);
        TFloat32 values = TFloat32.tensorOf(Shape.of(size, size), data -> fill(data, size))) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(size, size)));
      Op products =
          precision == Precision.BFLOAT16
              ? products(tf, tf.dtypes.cast(x, TBfloat16.class))
              : products(tf, x);
      double best = Double.MAX_VALUE;
      for (int i = 0; i < repeats; i++) {
        Stopwatch watch = new Stopwatch();
        session.runner().feed(x, values).addTarget(products.op()).run().close();
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

  private static void fill(TFloat32 data, int size) {
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        data.setFloat((i * 31 + j * 17) % 13 / 13f, i, j);
      }
    }
  }
}
