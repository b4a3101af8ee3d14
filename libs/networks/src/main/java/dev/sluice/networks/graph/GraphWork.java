package dev.sluice.networks.graph;

import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

/**
 * How much there is to multiply in a graph: the floating-point operations of its matrix products
 * and convolutions, which are nearly all of a network's work.
 */
public final class GraphWork {

  private GraphWork() {}

  /**
   * Of one call of a network, told without weights and without a call: as it is defined, that is,
   * for a network that is only run, before any convolution saves some of it.
   *
   * @param inputs of the call, all its rows; their values do not matter
   * @return floating-point operations, two for each multiplication
   */
  public static double of(Architecture architecture, Map<String, HostTensor> inputs) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      architecture.build(
          Scope.root(tf, new WeightPlaceholders(tf, false), new LinkedHashMap<>()),
          Inputs.placeholdersOfRows(tf, inputs));
      return of(graph);
    }
  }

  /**
   * Of one run of all that is in a graph.
   *
   * @return floating-point operations, two for each multiplication
   */
  public static double of(Graph graph) {
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
