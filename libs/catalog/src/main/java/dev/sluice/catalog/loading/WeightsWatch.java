package dev.sluice.catalog.loading;

import dev.sluice.safetensors.TensorSource;

/** Who is asked when a component's weights are opened, before any is read. */
@FunctionalInterface
public interface WeightsWatch {

  /** Nobody. */
  WeightsWatch NONE = (component, weights) -> weights;

  /**
   * A component's weights are about to be read.
   *
   * @return what is read in their place; closing it closes {@code weights}
   * @throws RuntimeException to have them left unread; {@code weights} is closed then
   */
  TensorSource opened(String component, TensorSource weights);
}
