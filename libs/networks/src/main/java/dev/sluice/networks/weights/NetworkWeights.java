package dev.sluice.networks.weights;

import dev.sluice.catalog.loading.LoadOptions;
import dev.sluice.catalog.loading.Precision;
import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.tensor.NativeMemory;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.TensorSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The weights of a network that is not trained, in TensorFlow's memory but outside of any graph, so
 * that many graphs share them. {@link #close} gives the memory back once no graph holds them.
 */
public final class NetworkWeights implements AutoCloseable {

  /** A weight's values. */
  record Weight(Parameter parameter, TFloating values) {}

  private final Map<String, Weight> byName = new LinkedHashMap<>();

  private NetworkWeights() {}

  /**
   * Reads them from a checkpoint.
   *
   * @throws CheckpointMismatchException when one is absent or has another shape, before anything is
   *     read
   * @throws dev.sluice.safetensors.UnusableWeightsException when the file cannot be read, or holds
   *     a value that is not finite
   */
  public static NetworkWeights load(
      String network,
      List<Parameter> parameters,
      TensorSource source,
      CheckpointMatch match,
      LoadOptions options) {
    boolean keepStored =
        options.precision().keepsStored(parameters.stream().mapToLong(Parameter::size).sum());
    NetworkWeights weights = new NetworkWeights();
    try {
      WeightLoader loader = new WeightLoader(network, source, options.progress());
      for (Parameter parameter : parameters) {
        String storedName = match.storedNames().get(parameter.name());
        DType stored = source.info(storedName).dtype();
        // Biases and norms are a thousandth of a network; widening each at every call would not
        // pay.
        boolean matrix = parameter.shape().length > 1;
        boolean keep = keepStored && (stored == DType.F16 || stored == DType.BF16);
        DType type = matrix ? factorType(parameter, keep ? stored : DType.F32) : DType.F32;
        TFloating values = Tensor.of(classOf(type), Shape.of(parameter.graphShape()));
        weights.byName.put(parameter.name(), new Weight(parameter, values));
        loader.add(parameter, storedName, NativeMemory.of(values), type);
      }
      loader.run();
      return weights;
    } catch (RuntimeException | Error e) {
      weights.close();
      throw e;
    }
  }

  private static DType factorType(Parameter parameter, DType otherwise) {
    return parameter.use() == Precision.BFLOAT16 ? DType.BF16 : otherwise;
  }

  private static Class<? extends TFloating> classOf(DType type) {
    return switch (type) {
      case F16 -> TFloat16.class;
      case BF16 -> TBfloat16.class;
      default -> TFloat32.class;
    };
  }

  /** Makes them. */
  public static NetworkWeights initialize(List<Parameter> parameters, Initializer initializer) {
    NetworkWeights weights = new NetworkWeights();
    try {
      for (Parameter parameter : parameters) {
        TFloating values = TrainableWeights.toTensor(parameter, initializer.values(parameter));
        weights.byName.put(parameter.name(), new Weight(parameter, values));
      }
      return weights;
    } catch (RuntimeException | Error e) {
      weights.close();
      throw e;
    }
  }

  /**
   * @throws IllegalStateException when the architecture did not ask for it with its example inputs
   */
  Weight get(Parameter parameter) {
    Weight weight = byName.get(parameter.name());
    if (weight == null) {
      throw new IllegalStateException(
          parameter.name() + " is no weight that the example inputs lead to");
    }
    return weight;
  }

  /** The number of values. */
  public long count() {
    return byName.values().stream().mapToLong(weight -> weight.parameter().size()).sum();
  }

  /** The memory they take. */
  public long bytes() {
    return byName.values().stream().mapToLong(weight -> weight.values().numBytes()).sum();
  }

  @Override
  public void close() {
    byName.values().forEach(weight -> weight.values().close());
  }
}
