package dev.sluice.trainer.train;

import dev.sluice.networks.graph.OpThreads;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * How much of what the machine can multiply a training uses: the floating-point operations of its
 * products and convolutions, against those of large matrix products alone.
 */
public final class MatrixRate {

  private static final int SIDE = 1024;
  private static final double SECONDS = 0.4;

  private MatrixRate() {}

  /**
   * Measures float32 products of square matrices, as many side by side as there are shards.
   *
   * @return floating-point operations a second
   */
  public static double measured(int sideBySide) {
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

  /** The floating-point operations of all products and convolutions of a graph. */
  static double work(Graph graph) {
    double work = 0;
    Iterator<GraphOperation> operations = graph.operations();
    while (operations.hasNext()) {
      GraphOperation operation = operations.next();
      work += 2 * multiplications(operation);
    }
    return work;
  }

  private static double multiplications(GraphOperation op) {
    return switch (op.type()) {
      // Of every output pixel and channel: a filter's area and input channels.
      case "Conv2D" -> size(op.output(0)) * size(op.input(1)) / last(op.input(1));
      case "Conv2DBackpropInput" -> size(op.input(2)) * size(op.input(1)) / last(op.input(1));
      case "Conv2DBackpropFilter" -> size(op.input(2)) * size(op.output(0)) / last(op.output(0));
      case "MatMul" -> size(op.output(0)) * inner(op, "transpose_a");
      case "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3" ->
          size(op.output(0)) * inner(op, "adj_x");
      default -> 0;
    };
  }

  private static double inner(GraphOperation op, String transposed) {
    Shape shape = op.input(0).shape();
    int rank = shape.numDimensions();
    boolean turned = op.attributes().getAttrBool(transposed);
    return shape.size(turned ? rank - 2 : rank - 1);
  }

  private static double size(Output<?> tensor) {
    return Math.max(0, tensor.shape().size());
  }

  private static double last(Output<?> tensor) {
    return tensor.shape().size(tensor.shape().numDimensions() - 1);
  }
}
