package dev.sluice.trainer.train;

import dev.sluice.networks.graph.OpThreads;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** What the machine can multiply: large matrix products alone, which trainings are held against. */
public final class MatrixRate {

  private static final int SIDE = 1024;
  private static final double SECONDS = 0.4;

  private static final Map<Integer, Double> MEASURED = new ConcurrentHashMap<>();

  private MatrixRate() {}

  /**
   * Of float32 products of square matrices, as many side by side as there are shards; measured once
   * in a process, as what it tells is the machine's.
   *
   * @return floating-point operations a second
   */
  public static double of(int sideBySide) {
    return MEASURED.computeIfAbsent(sideBySide, MatrixRate::measured);
  }

  private static double measured(int sideBySide) {
    float[] values = new float[SIDE * SIDE];
    Arrays.fill(values, 1f / SIDE);
    try (Graph graph = new Graph();
        Session session = new Session(graph, OpThreads.sessionConfig());
        TFloat32 matrix =
            TFloat32.tensorOf(Shape.of(SIDE, SIDE), DataBuffers.of(values, true, false))) {
      Ops tf = Ops.create(graph);
      Map<Operand<TFloat32>, Op> products = new LinkedHashMap<>();
      for (int i = 0; i < sideBySide; i++) {
        Operand<TFloat32> factor =
            tf.placeholder(TFloat32.class, Placeholder.shape(matrix.shape()));
        products.put(factor, tf.linalg.matMul(factor, factor));
      }
      run(session, products, matrix);
      int runs = 0;
      long start = System.nanoTime();
      while ((System.nanoTime() - start) / 1e9 < SECONDS) {
        run(session, products, matrix);
        runs++;
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return 2.0 * SIDE * SIDE * SIDE * sideBySide * runs / seconds;
    }
  }

  private static void run(Session session, Map<Operand<TFloat32>, Op> products, TFloat32 matrix) {
    Session.Runner runner = session.runner();
    products.forEach((factor, product) -> runner.feed(factor, matrix).addTarget(product));
    runner.run().close();
  }
}
