package dev.sluice.pipeline;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.graph.Network;
import dev.sluice.safetensors.TensorSource;

/** Makes networks of a model's components. */
public final class Components {

  private Components() {}

  /**
   * Loads a network; closing it is the caller's.
   *
   * @throws IllegalArgumentException if its class, config or weights cannot be used, with the file
   *     that is at fault
   */
  public static Network network(ModelFolder model, String component) {
    try (TensorSource weights = model.weights(component)) {
      return Network.load(
          Architectures.of(model.networkClass(component), model.config(component)), weights);
    }
  }
}
