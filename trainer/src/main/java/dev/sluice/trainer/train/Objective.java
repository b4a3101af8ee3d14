package dev.sluice.trainer.train;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** What is trained, and towards what. */
public interface Objective {

  /**
   * Adds the networks and builds the loss.
   *
   * @return a scalar to be made small
   */
  Operand<TFloat32> loss(TrainingGraph graph);

  /**
   * What is fed at a step, by the names given to {@link TrainingGraph#floats} and {@link
   * TrainingGraph#longs}. Depends on the step alone, so that a resumed run goes on as it would
   * have.
   */
  Map<String, HostTensor> batch(long step);

  /** The first values of a component's weights. */
  default WeightInitializer initializer(String component) {
    return new WeightInitializer(component.hashCode());
  }
}
