package dev.sluice.networks.graph;

import dev.sluice.safetensors.TensorSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A network ready to run: an architecture, its weights, and a graph for each input shape seen so
 * far (all dimensions but the batch are fixed in a graph, which keeps shape arithmetic out of it).
 * Safe for use by several threads at once. {@link #close} frees the weights.
 */
public final class Network implements AutoCloseable {

  private final Architecture architecture;
  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Parameters parameters = new Parameters(tf);
  private final Session session;
  private final Map<String, Signature> signatures = new ConcurrentHashMap<>();

  private record Signature(
      Inputs inputs, Map<String, Operand<TFloat32>> outputs, Map<String, Operand<TFloat32>> taps) {}

  private Network(Architecture architecture) {
    this.architecture = architecture;
    this.session = new Session(graph, OpThreads.sessionConfig());
    signatureFor(architecture.exampleInputs());
  }

  /**
   * Builds {@code architecture} and fills it from {@code weights}, which stays open and the
   * caller's.
   *
   * @throws CheckpointMismatchException when the tensors are not those the config asks for
   */
  public static Network load(Architecture architecture, TensorSource weights) {
    Network network = new Network(architecture);
    try {
      network.parameters.load(network.session, weights, architecture.checkpointNames());
      return network;
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /**
   * The weights that a checkpoint of {@code architecture} holds, by name, with their shapes, in the
   * order of their first use. Builds a graph, but allocates no weight, however large they are.
   */
  public static Map<String, long[]> weights(Architecture architecture) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Parameters parameters = new Parameters(tf);
      architecture.build(
          Scope.root(tf, parameters, new LinkedHashMap<>()),
          Inputs.placeholders(tf, architecture.exampleInputs()));
      Map<String, long[]> shapes = new LinkedHashMap<>();
      parameters.all().forEach(parameter -> shapes.put(parameter.name(), parameter.shape()));
      return shapes;
    }
  }

  /**
   * Builds {@code architecture} with weights that {@code initializer} makes (in checkpoint order).
   */
  public static Network initialize(Architecture architecture, Initializer initializer) {
    Network network = new Network(architecture);
    network.parameters.fill(network.session, initializer::values);
    return network;
  }

  /** Makes the first values of a weight. */
  @FunctionalInterface
  public interface Initializer {
    /** The values of {@code parameter}, in checkpoint order, {@link Parameter#size()} of them. */
    float[] values(Parameter parameter);
  }

  /** Runs the network on a batch; all inputs have the same number of rows. */
  public Map<String, HostTensor.Floats> run(Map<String, HostTensor> inputs) {
    Signature signature = signatureFor(inputs);
    return fetch(signature, inputs, signature.outputs());
  }

  /**
   * {@link #run(Map)}, computing only what the named outputs need.
   *
   * @throws IllegalArgumentException when there is no output of one of the names
   */
  public Map<String, HostTensor.Floats> run(Map<String, HostTensor> inputs, Set<String> outputs) {
    Signature signature = signatureFor(inputs);
    Map<String, Operand<TFloat32>> wanted = new LinkedHashMap<>();
    for (String name : outputs) {
      Operand<TFloat32> operand = signature.outputs().get(name);
      if (operand == null) {
        throw new IllegalArgumentException(
            "no output " + name + "; there are " + signature.outputs().keySet());
      }
      wanted.put(name, operand);
    }
    return fetch(signature, inputs, wanted);
  }

  /**
   * Runs the network and gives what the modules at {@code paths} put out: feature maps as {@code
   * [batch, channels, height, width]}. Paths that do not exist are left out.
   */
  public Map<String, HostTensor.Floats> runTaps(Map<String, HostTensor> inputs, Set<String> paths) {
    Signature signature = signatureFor(inputs);
    Map<String, Operand<TFloat32>> wanted = new LinkedHashMap<>();
    synchronized (graph) {
      signature
          .taps()
          .forEach(
              (path, operand) -> {
                if (paths.contains(path)) {
                  wanted.put(
                      path,
                      operand.shape().numDimensions() == 4
                          ? Layers.toChannelsFirst(tf, operand)
                          : operand);
                }
              });
    }
    return fetch(signature, inputs, wanted);
  }

  /** The number of weight values. */
  public long parameterCount() {
    return parameters.count();
  }

  public Architecture architecture() {
    return architecture;
  }

  private Map<String, HostTensor.Floats> fetch(
      Signature signature, Map<String, HostTensor> inputs, Map<String, Operand<TFloat32>> wanted) {
    try (NetworkCall call = new NetworkCall(session, signature.inputs(), inputs, wanted)) {
      call.run();
      return call.outputs();
    }
  }

  /** A call of {@link #run(Map)} in its parts, to be measured one by one. The caller closes it. */
  public NetworkCall call(Map<String, HostTensor> inputs) {
    Signature signature = signatureFor(inputs);
    return new NetworkCall(session, signature.inputs(), inputs, signature.outputs());
  }

  private Signature signatureFor(Map<String, HostTensor> inputs) {
    String key = key(inputs);
    Signature known = signatures.get(key);
    if (known != null) {
      return known;
    }
    synchronized (graph) {
      return signatures.computeIfAbsent(
          key,
          k -> {
            Inputs placeholders = Inputs.placeholders(tf, inputs);
            Map<String, Operand<TFloat32>> taps = new LinkedHashMap<>();
            Map<String, Operand<TFloat32>> outputs =
                architecture.build(Scope.root(tf, parameters, taps), placeholders);
            return new Signature(placeholders, outputs, taps);
          });
    }
  }

  private static String key(Map<String, HostTensor> inputs) {
    return new TreeMap<>(inputs)
        .entrySet().stream()
            .map(
                e -> {
                  int[] shape = e.getValue().shape();
                  return e.getKey()
                      + e.getValue().getClass().getSimpleName()
                      + Arrays.toString(
                          Arrays.copyOfRange(shape, Math.min(1, shape.length), shape.length));
                })
            .collect(Collectors.joining(";"));
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
