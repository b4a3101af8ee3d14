package dev.sluice.networks.graph;

import dev.sluice.catalog.loading.Precision;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Layers;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.weights.NetworkWeights;
import dev.sluice.networks.weights.SharedVariables;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A network built for one shape of input, in a graph and session of its own. */
final class NetworkGraph implements AutoCloseable {

  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Map<String, Operand<TFloat32>> taps = new LinkedHashMap<>();
  private final Session session;
  private final Inputs inputs;
  private final Map<String, Operand<TFloat32>> outputs;

  NetworkGraph(
      Architecture architecture,
      NetworkWeights weights,
      Precision products,
      Map<String, HostTensor> like) {
    try {
      SharedVariables variables = new SharedVariables(tf, weights);
      this.inputs = Inputs.placeholders(tf, like);
      this.outputs = architecture.build(Scope.root(tf, variables, taps, products), inputs);
      this.session = new Session(graph, OpThreads.sessionConfig());
      variables.fill(session);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** A call that computes all outputs. */
  NetworkCall call(Map<String, HostTensor> values) {
    return new NetworkCall(session, inputs, values, outputs);
  }

  /**
   * A call that computes what the named outputs need.
   *
   * @throws IllegalArgumentException when there is no output of one of the names
   */
  NetworkCall call(Map<String, HostTensor> values, Set<String> names) {
    Map<String, Operand<TFloat32>> wanted = new LinkedHashMap<>();
    for (String name : names) {
      Operand<TFloat32> operand = outputs.get(name);
      if (operand == null) {
        throw new IllegalArgumentException("no output " + name + "; there are " + outputs.keySet());
      }
      wanted.put(name, operand);
    }
    return new NetworkCall(session, inputs, values, wanted);
  }

  /** A call that gives what the modules at {@code paths} put out, those that exist. */
  synchronized NetworkCall callTaps(Map<String, HostTensor> values, Set<String> paths) {
    Map<String, Operand<TFloat32>> wanted = new LinkedHashMap<>();
    taps.forEach(
        (path, operand) -> {
          if (paths.contains(path)) {
            boolean image = operand.shape().numDimensions() == 4;
            wanted.put(path, image ? Layers.toChannelsFirst(tf, operand) : operand);
          }
        });
    return new NetworkCall(session, inputs, values, wanted);
  }

  /** The operations that make float32 of weights in half precision. */
  List<GraphOperation> wideningOps() {
    List<GraphOperation> ops = new ArrayList<>();
    graph
        .operations()
        .forEachRemaining(
            op -> {
              if (op.type().equals("Cast") && op.input(0).op().type().equals("ReadVariableOp")) {
                ops.add(op);
              }
            });
    return ops;
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
    }
    graph.close();
  }
}
