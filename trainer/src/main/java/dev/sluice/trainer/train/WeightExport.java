package dev.sluice.trainer.train;

import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.weights.TrainableWeight;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.SafetensorsWriter;
import dev.sluice.safetensors.TensorSpec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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

  /**
   * A component's weights, with the products that were trained beside them added. They are read and
   * written one after the other, as a large network's do not fit into the heap together.
   */
  void write(Component component, Path file) {
    VariableStore store = store(component);
    Map<String, Parameter> parameters = new HashMap<>();
    for (TrainableWeight weight : component.weights().all()) {
      if (!LowRank.isPart(weight.name())) {
        parameters.put(weight.name(), weight.parameter());
      }
    }
    write(parameters, file, name -> summed(store, parameters.get(name)));
  }

  private float[] summed(VariableStore store, Parameter parameter) {
    float[] stored = parameter.layout().toStored(store.read(parameter.name()), parameter.shape());
    String layer = LowRank.layer(parameter.name());
    // A frozen component has none.
    if (!lowRank.map(l -> l.applies(parameter.name(), parameter.shape())).orElse(false)
        || !store.holds(layer + LowRank.UP)) {
      return stored;
    }
    float[] up = store.read(layer + LowRank.UP);
    float[] down = store.read(layer + LowRank.DOWN);
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
  void writeLowRank(List<Component> components, Path file) {
    Map<String, Parameter> parameters = new HashMap<>();
    Map<String, float[]> values = new HashMap<>();
    for (Component component : components) {
      VariableStore store = store(component);
      for (TrainableWeight weight : component.weights().all()) {
        if (LowRank.isPart(weight.name())) {
          String name = component.name() + "." + weight.name();
          parameters.put(name, weight.parameter());
          values.put(name, store.read(weight.name()));
        }
      }
    }
    write(parameters, file, values::get);
  }

  private VariableStore store(Component component) {
    Map<String, Variable<TFloat32>> variables = new LinkedHashMap<>();
    for (TrainableWeight weight : component.weights().all()) {
      variables.put(weight.name(), averages.getOrDefault(component.key(weight), weight.variable()));
    }
    return new VariableStore(graph, variables);
  }

  private static void write(
      Map<String, Parameter> parameters, Path file, Function<String, float[]> values) {
    Map<String, TensorSpec> specs = new HashMap<>();
    parameters.forEach(
        (name, weight) -> specs.put(name, new TensorSpec(DType.F16, weight.shape())));
    SafetensorsWriter.write(file, specs, Map.of("format", "pt"), values);
  }
}
