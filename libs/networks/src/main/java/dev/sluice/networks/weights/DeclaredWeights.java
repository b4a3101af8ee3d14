package dev.sluice.networks.weights;

import dev.sluice.catalog.loading.Precision;
import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.layer.WeightProvider;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Weights by name, each made where a layer first uses it. */
public final class DeclaredWeights<W> {

  private record Declared<W>(Parameter parameter, W weight) {}

  private final Map<String, Declared<W>> byName = new LinkedHashMap<>();

  /** What {@code maker} made when the name was first declared. */
  W declare(Parameter parameter, Function<Parameter, W> maker) {
    Declared<W> known = byName.get(parameter.name());
    if (known == null) {
      known = new Declared<>(parameter, maker.apply(parameter));
      byName.put(parameter.name(), known);
    } else if (!Arrays.equals(known.parameter().shape(), parameter.shape())) {
      throw new IllegalStateException(
          "%s is used as %s and as %s"
              .formatted(
                  parameter.name(),
                  Arrays.toString(known.parameter().shape()),
                  Arrays.toString(parameter.shape())));
    }
    return known.weight();
  }

  /** All weights declared so far, in the order of their first use. */
  Collection<W> all() {
    return byName.values().stream().map(Declared::weight).toList();
  }

  /**
   * The weights that an architecture asks for, found by building it once in a graph that is thrown
   * away.
   */
  public static List<Parameter> of(Architecture architecture, Precision products) {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      DeclaredWeights<Placeholder<TFloat32>> placeholders = new DeclaredWeights<>();
      WeightProvider provider =
          parameter -> {
            parameters.putIfAbsent(parameter.name(), parameter);
            return placeholders.declare(
                parameter,
                p -> tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(p.graphShape()))));
          };
      architecture.build(
          Scope.root(tf, provider, new LinkedHashMap<>(), products),
          Inputs.placeholders(tf, architecture.exampleInputs()));
    }
    return List.copyOf(parameters.values());
  }
}
