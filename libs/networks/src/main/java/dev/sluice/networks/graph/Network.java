package dev.sluice.networks.graph;

import dev.sluice.catalog.loading.LoadOptions;
import dev.sluice.catalog.loading.Precision;
import dev.sluice.catalog.loading.WeightPrecision;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.NonFiniteOutputException;
import dev.sluice.networks.weights.CheckpointMatch;
import dev.sluice.networks.weights.CheckpointMismatchException;
import dev.sluice.networks.weights.DeclaredWeights;
import dev.sluice.networks.weights.Initializer;
import dev.sluice.networks.weights.NetworkWeights;
import dev.sluice.safetensors.TensorSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A network ready to run: an architecture, its weights, and a graph for each input shape used
 * lately (all dimensions but the batch are fixed in a graph, which keeps shape arithmetic out of
 * it). Safe for use by several threads at once. {@link #close} frees the weights.
 */
public final class Network implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Network.class.getName());

  private final String name;
  private final Architecture architecture;
  private final NetworkWeights weights;
  private final GraphCache graphs;

  private Network(
      String name,
      Architecture architecture,
      NetworkWeights weights,
      Precision products,
      int graphs) {
    this.name = name;
    this.architecture = architecture;
    this.weights = weights;
    this.graphs =
        new GraphCache(graphs, inputs -> new NetworkGraph(architecture, weights, products, inputs));
  }

  /** {@link #load(String, Architecture, TensorSource, LoadOptions)} with the class for a name. */
  public static Network load(Architecture architecture, TensorSource weights) {
    return load(
        architecture.getClass().getSimpleName(), architecture, weights, LoadOptions.DEFAULT);
  }

  /**
   * Fills {@code architecture} from {@code weights}, which stays open and the caller's. Tensors
   * that no layer uses are passed over, with a line in the log.
   *
   * @param name for messages, such as {@code sd15/unet}
   * @throws CheckpointMismatchException when a tensor that the config asks for is absent or has
   *     another shape; found before any is read
   * @throws dev.sluice.safetensors.UnusableWeightsException when a tensor cannot be read, or holds
   *     a value that is not finite
   */
  public static Network load(
      String name, Architecture architecture, TensorSource weights, LoadOptions options) {
    List<Parameter> parameters = DeclaredWeights.of(architecture, options.products());
    CheckpointMatch match = CheckpointMatch.of(parameters, weights, architecture.checkpointNames());
    for (String surplus : match.passedOver()) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0}: tensor {1} is passed over, no layer uses it",
          weights.origin(surplus),
          surplus);
    }
    return new Network(
        name,
        architecture,
        NetworkWeights.load(name, parameters, weights, match, options),
        options.products(),
        options.graphs());
  }

  /**
   * Whether {@code weights} fit, by their headers.
   *
   * @return the names of tensors that loading would pass over
   * @throws CheckpointMismatchException as {@link #load} would
   */
  public static Set<String> check(Architecture architecture, TensorSource weights) {
    return CheckpointMatch.of(
            DeclaredWeights.of(architecture, Precision.FLOAT32),
            weights,
            architecture.checkpointNames())
        .passedOver();
  }

  /**
   * The weights that a checkpoint of {@code architecture} holds, by name, with their shapes, in the
   * order of their first use. Builds a graph, but allocates no weight, however large they are.
   */
  public static Map<String, long[]> weights(Architecture architecture) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    DeclaredWeights.of(architecture, Precision.FLOAT32)
        .forEach(parameter -> shapes.put(parameter.name(), parameter.shape()));
    return shapes;
  }

  /**
   * Builds {@code architecture} with weights that {@code initializer} makes (in checkpoint order).
   */
  public static Network initialize(Architecture architecture, Initializer initializer) {
    return new Network(
        architecture.getClass().getSimpleName(),
        architecture,
        NetworkWeights.initialize(DeclaredWeights.of(architecture, Precision.FLOAT32), initializer),
        Precision.FLOAT32,
        LoadOptions.DEFAULT_GRAPHS);
  }

  /** Runs the network on a batch; all inputs have the same number of rows. */
  public Map<String, HostTensor.Floats> run(Map<String, HostTensor> inputs) {
    try (GraphCache.Lease lease = graphs.lease(inputs);
        NetworkCall call = lease.graph().call(inputs)) {
      return call.result();
    }
  }

  /**
   * {@link #run(Map)} of one picture or text.
   *
   * @throws NonFiniteOutputException when an output is not finite
   */
  public Map<String, HostTensor.Floats> runChecked(Map<String, HostTensor> inputs) {
    Map<String, HostTensor.Floats> outputs = run(inputs);
    NonFiniteOutputException.refuse(name, inputs, outputs);
    return outputs;
  }

  /**
   * {@link #run(Map)}, computing only what the named outputs need.
   *
   * @throws IllegalArgumentException when there is no output of one of the names
   */
  public Map<String, HostTensor.Floats> run(Map<String, HostTensor> inputs, Set<String> outputs) {
    try (GraphCache.Lease lease = graphs.lease(inputs);
        NetworkCall call = lease.graph().call(inputs, outputs)) {
      return call.result();
    }
  }

  /**
   * Runs the network and gives what the modules at {@code paths} put out: feature maps as {@code
   * [batch, channels, height, width]}. Paths that do not exist are left out.
   */
  public Map<String, HostTensor.Floats> runTaps(Map<String, HostTensor> inputs, Set<String> paths) {
    try (GraphCache.Lease lease = graphs.lease(inputs);
        NetworkCall call = lease.graph().callTaps(inputs, paths)) {
      return call.result();
    }
  }

  /** A call of {@link #run(Map)} in its parts, to be measured one by one. The caller closes it. */
  public NetworkCall call(Map<String, HostTensor> inputs) {
    GraphCache.Lease lease = graphs.lease(inputs);
    try {
      return lease.graph().call(inputs).closing(lease::close);
    } catch (RuntimeException | Error e) {
      lease.close();
      throw e;
    }
  }

  /** The number of weight values. */
  public long parameterCount() {
    return weights.count();
  }

  /** The memory that the weights take, in bytes. */
  public long weightBytes() {
    return weights.bytes();
  }

  /**
   * What a call takes beside the weights, in bytes, estimated within a factor of two ({@link
   * ActivationMemory}).
   *
   * @param inputs of the call; their values do not matter
   * @throws IllegalArgumentException when the network takes no such inputs
   */
  public long activationBytes(Map<String, HostTensor> inputs) {
    boolean half = weights.bytes() < Float.BYTES * weights.count();
    return ActivationMemory.of(
        architecture, inputs, half ? WeightPrecision.STORED : WeightPrecision.FLOAT32);
  }

  /** How many graphs are kept, one for each shape of input used lately. */
  public int graphCount() {
    return graphs.size();
  }

  /** What messages call it, such as {@code sd15/unet}. */
  public String name() {
    return name;
  }

  public Architecture architecture() {
    return architecture;
  }

  /**
   * Frees the weights, once calls that still run have ended. With oneDNN the memory stays the
   * process's, for the next network or call: TensorFlow's pool gives none back to the system.
   */
  @Override
  public void close() {
    graphs.close();
    weights.close();
  }
}
