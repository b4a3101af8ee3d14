package dev.sluice.networks.weights;

import dev.sluice.networks.layer.Parameter;
import org.tensorflow.op.Op;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/**
 * A weight that an optimizer may change.
 *
 * @param variable the TensorFlow variable, in the parameter's layout
 * @param value feeds {@code assign}
 * @param assign sets the variable to {@code value}
 */
public record TrainableWeight(
    Parameter parameter, Variable<TFloat32> variable, Placeholder<TFloat32> value, Op assign) {

  /** The checkpoint's name. */
  public String name() {
    return parameter.name();
  }
}
