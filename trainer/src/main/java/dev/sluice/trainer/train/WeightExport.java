package dev.sluice.trainer.train;

import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.weights.TrainableWeight;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.SafetensorsWriter;
import dev.sluice.safetensors.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** Writes weights as the libraries of the field read them: by the network's names, in half. */
final class WeightExport {

  /** 256 MB of them. */
  private static final long READ_AT_ONCE = 1 << 26;

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
   * written some at a time, as a large network's do not fit into the heap together.
   */
  void write(Component component, Path file) {
    VariableStore store = store(component);
    SortedMap<String, Parameter> parameters = new TreeMap<>();
    List<String> parts = new ArrayList<>();
    for (TrainableWeight weight : component.weights().all()) {
      if (LowRank.isPart(weight.name())) {
        parts.add(weight.name());
      } else {
        parameters.put(weight.name(), weight.parameter());
      }
    }
    component.twins().forEach((twin, one) -> parameters.put(twin, parameters.get(one)));
    Map<String, float[]> products = store.read(parts);
    Map<String, float[]> read = new HashMap<>();
    write(
        parameters,
        file,
        name -> {
          if (!read.containsKey(name)) {
            // The file's order is that of the names.
            read.putAll(store.read(atOnce(parameters.tailMap(name))));
          }
          return summed(read.remove(name), parameters.get(name), products);
        });
  }

  /** The first names, of as many weights as are read at once. */
  private static List<String> atOnce(Map<String, Parameter> parameters) {
    List<String> names = new ArrayList<>();
    long elements = 0;
    for (Map.Entry<String, Parameter> parameter : parameters.entrySet()) {
      elements += new TensorSpec(DType.F32, parameter.getValue().shape()).elements();
      if (elements > READ_AT_ONCE && !names.isEmpty()) {
        break;
      }
      names.add(parameter.getKey());
    }
    return names;
  }

  private float[] summed(float[] values, Parameter parameter, Map<String, float[]> products) {
    float[] stored = parameter.layout().toStored(values, parameter.shape());
    if (!lowRank.map(l -> l.applies(parameter.name(), parameter.shape())).orElse(false)) {
      return stored;
    }
    String layer = LowRank.layer(parameter.name());
    float[] up = products.get(layer + LowRank.UP);
    // A frozen component has none.
    if (up == null) {
      return stored;
    }
    float[] down = products.get(layer + LowRank.DOWN);
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
      List<String> parts = new ArrayList<>();
      for (TrainableWeight weight : component.weights().all()) {
        if (LowRank.isPart(weight.name())) {
          parts.add(weight.name());
          parameters.put(component.name() + "." + weight.name(), weight.parameter());
        }
      }
      store(component)
          .read(parts)
          .forEach((name, part) -> values.put(component.name() + "." + name, part));
    }
    write(parameters, file, values::get);
  }

  private VariableStore store(Component component) {
    Map<String, Variable<TFloat32>> variables = new LinkedHashMap<>();
    for (TrainableWeight weight : component.weights().all()) {
      variables.put(weight.name(), averages.getOrDefault(component.key(weight), weight.variable()));
    }
    component.twins().forEach((twin, one) -> variables.put(twin, variables.get(one)));
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
