package dev.sluice.networks.layer;

import org.tensorflow.Operand;
import org.tensorflow.types.family.TFloating;

/** Gives a graph under construction its weights. */
@FunctionalInterface
public interface WeightProvider {

  /**
   * The operand of a weight, in the weight's layout. Asked again for the same name it gives the
   * same operand.
   *
   * @throws IllegalStateException when the name is asked for with another shape than before
   */
  Operand<? extends TFloating> declare(Parameter parameter);
}
