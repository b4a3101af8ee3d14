package dev.sluice.networks.graph;

import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.layer.WeightProvider;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/** Weights without values, for graphs that are looked at and never run. */
final class WeightPlaceholders implements WeightProvider {

  private final Ops tf;
  private final boolean half;
  private final Map<String, Operand<? extends TFloating>> byName = new HashMap<>();

  /**
   * None yet.
   *
   * @param half whether those of more than one dimension are kept in half precision
   */
  WeightPlaceholders(Ops tf, boolean half) {
    this.tf = tf;
    this.half = half;
  }

  @Override
  public Operand<? extends TFloating> declare(Parameter parameter) {
    return byName.computeIfAbsent(
        parameter.name(),
        name -> {
          Placeholder.Options shape = Placeholder.shape(Shape.of(parameter.graphShape()));
          return half && parameter.shape().length > 1
              ? tf.placeholder(TFloat16.class, shape)
              : tf.placeholder(TFloat32.class, shape);
        });
  }

  /** Those that were asked for, by name. */
  Map<String, Operand<? extends TFloating>> all() {
    return byName;
  }
}
