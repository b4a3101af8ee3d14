package dev.sluice.networks.weights;

import dev.sluice.networks.layer.Parameter;

/** Makes the first values of a weight. */
@FunctionalInterface
public interface Initializer {

  /** The values of {@code parameter}, in checkpoint order, {@link Parameter#size()} of them. */
  float[] values(Parameter parameter);
}
