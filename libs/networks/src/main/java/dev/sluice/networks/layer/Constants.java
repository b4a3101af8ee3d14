package dev.sluice.networks.layer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Constants of a graph, each made once: what is built for every band of a large map would repeat
 * them thousands of times, at several kilobytes each.
 */
final class Constants {

  private final Ops tf;
  private final Map<List<Integer>, Operand<TInt32>> vectors = new HashMap<>();
  private final Map<Float, Operand<TFloat32>> numbers = new HashMap<>();

  Constants(Ops tf) {
    this.tf = tf;
  }

  /** A vector. */
  Operand<TInt32> of(int... values) {
    return vectors.computeIfAbsent(
        Arrays.stream(values).boxed().toList(), key -> tf.constant(values));
  }

  /** A number. */
  Operand<TFloat32> of(float value) {
    return numbers.computeIfAbsent(value, tf::constant);
  }
}
