package dev.sluice.catalog;

import dev.sluice.safetensors.TensorSource;

/**
 * What whoever runs networks finds wrong with a component before its weights are read. The catalog
 * itself knows the names of network classes only.
 */
@FunctionalInterface
public interface ComponentCheck {

  /** For those who run no networks. */
  ComponentCheck NONE = (className, config, weights) -> {};

  /**
   * Checks a component.
   *
   * @param className the network's, as {@code model_index.json} names it
   * @param config the component's {@code config.json}
   * @param weights opened, of which only the headers have been read
   * @throws IllegalArgumentException if no such network can be made of them, saying why
   * @throws dev.sluice.safetensors.SafetensorsException as well
   */
  void check(String className, Config config, TensorSource weights);
}
