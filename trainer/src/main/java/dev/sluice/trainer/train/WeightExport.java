package dev.sluice.trainer.train;

import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.weights.TrainableWeight;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** Writes weights as the libraries of the field read them: by the network's names, in half. */
final class WeightExport {

  private final TrainingGraph graph;
  private final Map<String, Variable<TFloat32>> averages;
  private final Optional<LowRank> lowRank;

  /**
   * @param averages by {@link Component#key}, taken in place of the weights where there are any
   */
  WeightExport(
      TrainingGraph graph, Map<String, Variable<TFloat32>> averages, Optional<LowRank> lowRank) {
    this.graph = graph;
    this.averages = averages;
    this.lowRank = lowRank;
  }

  /** A component's weights, with the products that were trained beside them added. */
  void write(Component component, Path file) throws IOException {
    Map<String, float[]> values = values(component);
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    for (TrainableWeight weight : component.weights().all()) {
      Parameter parameter = weight.parameter();
      if (!LowRank.isPart(parameter.name())) {
        float[] stored =
            parameter.layout().toStored(values.get(parameter.name()), parameter.shape());
        tensors.put(parameter.name(), tensor(parameter, summed(stored, parameter, values)));
      }
    }
    write(tensors, file);
  }

  private float[] summed(float[] stored, Parameter parameter, Map<String, float[]> values) {
    if (!lowRank.map(l -> l.applies(parameter.name(), parameter.shape())).orElse(false)) {
      return stored;
    }
    String layer = LowRank.layer(parameter.name());
    float[] up = values.get(layer + LowRank.UP);
    if (up == null) {
      // A frozen component.
      return stored;
    }
    float[] down = values.get(layer + LowRank.DOWN);
    int rank = lowRank.get().rank();
    int in = (int) parameter.shape()[1];
    float[] sum = stored.clone();
    for (int i = 0; i < sum.length; i++) {
      double product = 0;
      for (int k = 0; k < rank; k++) {
        product += (double) up[i / in * rank + k] * down[k * in + i % in];
      }
      sum[i] += (float) (lowRank.get().scale() * product);
    }
    return sum;
  }

  /** The products alone. */
  void writeLowRank(List<Component> components, Path file) throws IOException {
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    for (Component component : components) {
      Map<String, float[]> values = values(component);
      for (TrainableWeight weight : component.weights().all()) {
        Parameter parameter = weight.parameter();
        if (LowRank.isPart(parameter.name())) {
          tensors.put(
              component.name() + "." + parameter.name(),
              tensor(parameter, values.get(parameter.name())));
        }
      }
    }
    write(tensors, file);
  }

  private Map<String, float[]> values(Component component) {
    Map<String, Variable<TFloat32>> variables = new LinkedHashMap<>();
    for (TrainableWeight weight : component.weights().all()) {
      variables.put(weight.name(), averages.getOrDefault(component.key(weight), weight.variable()));
    }
    return new VariableStore(graph, variables).read();
  }

  private static NamedTensor tensor(Parameter parameter, float[] values) {
    return new NamedTensor(DType.F16, parameter.shape(), values);
  }

  private static void write(Map<String, NamedTensor> tensors, Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    SafetensorsWriter.write(file, tensors, Map.of("format", "pt"));
  }
}
