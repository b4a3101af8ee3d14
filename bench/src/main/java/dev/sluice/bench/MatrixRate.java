package dev.sluice.bench;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** The rate of TensorFlow's float32 matrix multiplication on this machine, now. */
final class MatrixRate {

  private MatrixRate() {}

  /** The best of {@code repeats} products of two {@code size x size} matrices, in GFLOP/s. */
  static double measure(int size, int repeats) {
    try (Graph graph = new Graph();
        Session session = new Session(graph, false);
        TFloat32 values = TFloat32.tensorOf(Shape.of(size, size), data -> fill(data, size))) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(size, size)));
      Operand<TFloat32> product = tf.linalg.matMul(x, x);
      double best = Double.MAX_VALUE;
      for (int i = 0; i < repeats; i++) {
        long start = System.nanoTime();
        session.runner().feed(x, values).addTarget(product.op()).run().close();
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      }
      return 2.0 * size * size * size / best / 1e9;
    }
  }

  private static void fill(TFloat32 data, int size) {
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        data.setFloat((i * 31 + j * 17) % 13 / 13f, i, j);
      }
    }
  }
}
