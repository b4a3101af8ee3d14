package dev.sluice.networks.graph;

import dev.sluice.catalog.loading.Precision;
import dev.sluice.catalog.loading.WeightPrecision;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * What a call of a network takes beside its weights, told without weights and without a call: the
 * most bytes that are alive at once when operations run in the order in which they were built.
 * Building takes a second for the largest networks. Kernels' own working space is not seen;
 * measured peaks lie within a factor of two.
 */
public final class ActivationMemory {

  /** Their output is their first input's memory. */
  private static final Set<String> VIEWS =
      Set.of("Reshape", "Identity", "ExpandDims", "Squeeze", "StopGradient", "ReadVariableOp");

  /** They write over an input that nobody else needs. */
  private static final Set<String> IN_PLACE =
      Set.of(
          "Add",
          "AddV2",
          "Sub",
          "Mul",
          "RealDiv",
          "Div",
          "SquaredDifference",
          "Sigmoid",
          "Tanh",
          "Relu",
          "Erf",
          "Exp",
          "Rsqrt",
          "Sqrt",
          "Square",
          "Softplus",
          "BiasAdd",
          "Softmax",
          "Neg",
          "Maximum",
          "Minimum");

  /** Memory that some operations' outputs share. */
  private static final class Buffer {
    final long bytes;
    int lastUse;

    Buffer(long bytes) {
      this.bytes = bytes;
    }
  }

  private final Map<String, Buffer> byOutput = new HashMap<>();
  private final List<GraphOperation> order = new ArrayList<>();

  private ActivationMemory() {}

  /**
   * The estimate for one call.
   *
   * @param inputs of the call, all its rows; their values do not matter
   * @param precision of the weights; kept in half precision, they are widened at every call
   * @return bytes
   * @throws IllegalArgumentException when the architecture takes no such inputs
   */
  public static long of(
      Architecture architecture, Map<String, HostTensor> inputs, WeightPrecision precision) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightPlaceholders weights = new WeightPlaceholders(tf, precision == WeightPrecision.STORED);
      Map<String, Operand<TFloat32>> outputs =
          architecture.build(
              Scope.root(tf, weights, new LinkedHashMap<>(), Precision.FLOAT32),
              Inputs.placeholdersOfRows(tf, inputs));
      ActivationMemory memory = new ActivationMemory();
      memory.note(graph.operations(), weights.all());
      return memory.peak(outputs);
    }
  }

  private void note(
      Iterator<GraphOperation> operations, Map<String, Operand<? extends TFloating>> weights) {
    Map<String, Boolean> isWeight = new HashMap<>();
    weights.values().forEach(weight -> isWeight.put(weight.op().name(), true));
    while (operations.hasNext()) {
      GraphOperation op = operations.next();
      int index = order.size();
      order.add(op);
      for (int i = 0; i < op.numInputs(); i++) {
        byOutput.get(key(op.input(i))).lastUse = index;
      }
      boolean free = isWeight.containsKey(op.name()) || op.type().equals("Const");
      for (int i = 0; i < op.numOutputs(); i++) {
        Output<?> output = op.output(i);
        Buffer buffer =
            VIEWS.contains(op.type()) && op.numInputs() > 0
                ? byOutput.get(key(op.input(0)))
                : new Buffer(free ? 0 : bytes(output));
        buffer.lastUse = index;
        byOutput.put(key(output), buffer);
      }
    }
  }

  private long peak(Map<String, Operand<TFloat32>> outputs) {
    outputs.values().forEach(o -> byOutput.get(key(o.asOutput())).lastUse = Integer.MAX_VALUE);
    Map<Integer, List<Buffer>> endingAt = new HashMap<>();
    Map<Buffer, Boolean> seen = new IdentityHashMap<>();
    for (Buffer buffer : byOutput.values()) {
      if (seen.put(buffer, true) == null) {
        endingAt.computeIfAbsent(buffer.lastUse, k -> new ArrayList<>()).add(buffer);
      }
    }
    Map<Buffer, Boolean> alive = new IdentityHashMap<>();
    long now = 0;
    long peak = 0;
    for (int index = 0; index < order.size(); index++) {
      GraphOperation op = order.get(index);
      Buffer taken = IN_PLACE.contains(op.type()) ? takenOver(op, index) : null;
      for (int i = 0; i < op.numOutputs(); i++) {
        Buffer buffer = byOutput.get(key(op.output(i)));
        if (alive.put(buffer, true) == null) {
          now += buffer.bytes;
        }
      }
      if (taken != null) {
        now -= taken.bytes;
      }
      peak = Math.max(peak, now);
      for (Buffer ended : endingAt.getOrDefault(index, List.of())) {
        now -= ended == taken ? 0 : ended.bytes;
      }
    }
    return peak;
  }

  /** The input whose memory the operation's output takes; null where it needs memory of its own. */
  private Buffer takenOver(GraphOperation op, int index) {
    long wanted = byOutput.get(key(op.output(0))).bytes;
    for (int i = 0; i < op.numInputs(); i++) {
      Buffer input = byOutput.get(key(op.input(i)));
      if (input.lastUse == index && input.bytes == wanted && wanted > 0) {
        return input;
      }
    }
    return null;
  }

  private static String key(Output<?> output) {
    return output.op().name() + ":" + output.index();
  }

  private static long bytes(Output<?> output) {
    Shape shape = output.shape();
    if (shape.isUnknown()) {
      return 0;
    }
    long size = width(output.dataType());
    for (long extent : shape.asArray()) {
      size *= Math.max(1, extent);
    }
    return size;
  }

  private static int width(DataType type) {
    return switch (type) {
      case DT_INT64, DT_DOUBLE -> 8;
      case DT_HALF, DT_BFLOAT16 -> 2;
      case DT_BOOL, DT_UINT8, DT_INT8 -> 1;
      default -> 4;
    };
  }
}
