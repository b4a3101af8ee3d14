package dev.sluice.trainer.train;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** Reads and writes variables by name, in the variables' own order of values. */
final class VariableStore {

  private record Slot(Variable<TFloat32> variable, Placeholder<TFloat32> value, Op assign) {}

  private final Session session;
  private final Map<String, Slot> slots = new LinkedHashMap<>();

  VariableStore(TrainingGraph training, Map<String, Variable<TFloat32>> variables) {
    this.session = training.session();
    Ops tf = training.tf();
    variables.forEach(
        (name, variable) -> {
          Placeholder<TFloat32> value =
              tf.placeholder(TFloat32.class, Placeholder.shape(variable.asOutput().shape()));
          slots.put(name, new Slot(variable, value, tf.assign(variable, value)));
        });
  }

  Map<String, float[]> read() {
    return read(slots.keySet());
  }

  /** Some of them: all together may be more than the heap is meant for. */
  Map<String, float[]> read(Collection<String> names) {
    if (names.isEmpty()) {
      return Map.of();
    }
    // One that goes by several names is fetched once, as a session wants it.
    List<Variable<TFloat32>> variables =
        names.stream().map(name -> slots.get(name).variable()).distinct().toList();
    Session.Runner runner = session.runner();
    variables.forEach(runner::fetch);
    Map<Variable<TFloat32>, float[]> read = new HashMap<>();
    try (Result result = runner.run()) {
      int index = 0;
      for (Variable<TFloat32> variable : variables) {
        read.put(variable, floats((TFloat32) result.get(index++)));
      }
    }
    Map<String, float[]> values = new LinkedHashMap<>();
    names.forEach(name -> values.put(name, read.get(slots.get(name).variable())));
    return values;
  }

  private static float[] floats(TFloat32 tensor) {
    float[] floats = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(floats);
    return floats;
  }

  /** Sets all to zero. */
  void zero() {
    Map<String, float[]> zeros = new LinkedHashMap<>();
    slots.forEach(
        (name, slot) ->
            zeros.put(name, new float[Math.toIntExact(slot.variable().asOutput().shape().size())]));
    write(zeros);
  }

  void write(Map<String, float[]> values) {
    if (slots.isEmpty()) {
      return;
    }
    Session.Runner runner = session.runner();
    Map<String, TFloat32> tensors = new LinkedHashMap<>();
    try {
      slots.forEach(
          (name, slot) -> {
            TFloat32 tensor =
                TFloat32.tensorOf(
                    slot.variable().asOutput().shape(),
                    DataBuffers.of(values.get(name), true, false));
            tensors.put(name, tensor);
            runner.feed(slot.value(), tensor).addTarget(slot.assign());
          });
      runner.run().close();
    } finally {
      tensors.values().forEach(TFloat32::close);
    }
  }

  Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    slots.forEach((name, slot) -> shapes.put(name, slot.variable().asOutput().shape().asArray()));
    return shapes;
  }
}
