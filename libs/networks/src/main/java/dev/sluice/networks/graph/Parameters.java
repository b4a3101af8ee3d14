package dev.sluice.networks.graph;

import dev.sluice.safetensors.TensorInfo;
import dev.sluice.safetensors.TensorSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/**
 * The named weights of one network in one graph. A weight is declared where a layer uses it; asking
 * again for the same name gives the same variable, so a network can be built for several input
 * shapes over one set of weights.
 */
public final class Parameters {

  private static final long BYTES_PER_RUN = 64L << 20;

  private final Ops tf;
  private final Map<String, Parameter> byName = new LinkedHashMap<>();

  public Parameters(Ops tf) {
    this.tf = tf;
  }

  /** The parameter {@code name} of checkpoint shape {@code shape}, declared on first use. */
  Variable<TFloat32> declare(String name, Layout layout, long... shape) {
    Parameter known = byName.get(name);
    if (known != null) {
      if (!Arrays.equals(known.shape(), shape)) {
        throw new IllegalStateException(
            "%s is used as %s and as %s"
                .formatted(name, Arrays.toString(known.shape()), Arrays.toString(shape)));
      }
      return known.variable();
    }
    Shape variableShape = Shape.of(layout.variableShape(shape));
    Variable<TFloat32> variable = tf.variable(variableShape, TFloat32.class);
    Placeholder<TFloat32> value = tf.placeholder(TFloat32.class, Placeholder.shape(variableShape));
    byName.put(
        name,
        new Parameter(name, shape.clone(), layout, variable, value, tf.assign(variable, value)));
    return variable;
  }

  /** All weights declared so far, in the order of their first use. */
  public Collection<Parameter> all() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /** The number of values in all weights. */
  public long count() {
    return byName.values().stream().mapToLong(Parameter::size).sum();
  }

  /**
   * Fills every weight from a checkpoint.
   *
   * @throws CheckpointMismatchException when a weight is absent, has another shape, or the
   *     checkpoint holds a tensor that no layer uses
   */
  public void load(Session session, TensorSource source, CheckpointNames names) {
    Map<String, String> storedNames = resolve(source, names);
    feedAll(session, parameter -> toTensor(parameter, source, storedNames.get(parameter.name())));
  }

  private Map<String, String> resolve(TensorSource source, CheckpointNames names) {
    Set<String> stored = source.names();
    Map<String, String> storedNames = new LinkedHashMap<>();
    Set<String> missing = new TreeSet<>();
    for (Parameter parameter : byName.values()) {
      List<String> candidates = names.candidates(parameter.name());
      candidates.stream()
          .filter(stored::contains)
          .findFirst()
          .ifPresentOrElse(
              name -> storedNames.put(parameter.name(), name),
              () -> missing.add(parameter.name() + " " + Arrays.toString(parameter.shape())));
    }
    Set<String> surplus = new TreeSet<>(stored);
    surplus.removeAll(new HashSet<>(storedNames.values()));
    surplus.removeIf(names::mayBeIgnored);
    if (!missing.isEmpty() || !surplus.isEmpty()) {
      String origin = stored.isEmpty() ? "the checkpoint" : source.origin(stored.iterator().next());
      throw new CheckpointMismatchException(
          origin
              + ": "
              + describe("missing", missing)
              + describe("not used by it", surplus)
              + "The weights and the config.json beside them do not describe the same network.");
    }
    for (Parameter parameter : byName.values()) {
      String name = storedNames.get(parameter.name());
      TensorInfo info = source.info(name);
      if (!names.sameShape(info.shape(), parameter.shape())) {
        throw new CheckpointMismatchException(
            "%s: tensor %s has shape %s, the config asks for %s"
                .formatted(
                    source.origin(name),
                    name,
                    Arrays.toString(info.shape()),
                    Arrays.toString(parameter.shape())));
      }
    }
    return storedNames;
  }

  private static String describe(String what, Set<String> names) {
    if (names.isEmpty()) {
      return "";
    }
    String some = names.stream().limit(5).collect(Collectors.joining(", "));
    String more = names.size() > 5 ? " and " + (names.size() - 5) + " more" : "";
    return "%d tensor(s) %s: %s%s. ".formatted(names.size(), what, some, more);
  }

  /** Sets every weight to what {@code values} gives for it, in checkpoint order. */
  public void fill(Session session, Function<Parameter, float[]> values) {
    feedAll(session, parameter -> toTensor(parameter, values.apply(parameter)));
  }

  /**
   * A run of the session costs far more than a small weight's copy, so many are set in one; how
   * many is bounded in bytes, because the copies that are fed live beside the variables until the
   * run ends.
   */
  private void feedAll(Session session, Function<Parameter, TFloat32> values) {
    List<Tensor> fed = new ArrayList<>();
    Session.Runner runner = session.runner();
    long bytes = 0;
    try {
      for (Parameter parameter : byName.values()) {
        Tensor tensor = values.apply(parameter);
        fed.add(tensor);
        runner.feed(parameter.value(), tensor).addTarget(parameter.assign());
        bytes += tensor.numBytes();
        if (bytes >= BYTES_PER_RUN) {
          run(runner, fed);
          runner = session.runner();
          bytes = 0;
        }
      }
      if (!fed.isEmpty()) {
        run(runner, fed);
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private static void run(Session.Runner runner, List<Tensor> fed) {
    runner.run().close();
    fed.forEach(Tensor::close);
    fed.clear();
  }

  private static TFloat32 toTensor(Parameter parameter, TensorSource source, String storedName) {
    if (parameter.layout() != Layout.AS_STORED) {
      return toTensor(parameter, source.floats(storedName));
    }
    TFloat32 tensor = TFloat32.tensorOf(Shape.of(parameter.shape()));
    source.copyFloats(storedName, NativeFloats.of(tensor));
    return tensor;
  }

  private static TFloat32 toTensor(Parameter parameter, float[] stored) {
    float[] values = parameter.layout().toVariable(stored, parameter.shape());
    Shape shape = Shape.of(parameter.layout().variableShape(parameter.shape()));
    return TFloat32.tensorOf(shape, DataBuffers.of(values, true, false));
  }

  /** Reads one weight, in checkpoint order. */
  public float[] get(Session session, Parameter parameter) {
    try (Result result = session.runner().fetch(parameter.variable()).run()) {
      return parameter
          .layout()
          .toStored(TensorCopies.floats((TFloat32) result.get(0)), parameter.shape());
    }
  }
}
