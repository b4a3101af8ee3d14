package dev.sluice.pipeline.model;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.layer.Architecture;
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
    return network(model, component, architecture(model, component));
  }

  /** As {@link #network(ModelFolder, String)}, of another architecture over the same weights. */
  public static Network network(ModelFolder model, String component, Architecture architecture) {
    try (TensorSource weights = model.weights(component)) {
      return Network.load(name(model, component), architecture, weights, model.loading());
    }
  }

  /** What a component's config describes. */
  public static Architecture architecture(ModelFolder model, String component) {
    return Architectures.of(model.networkClass(component), model.config(component));
  }

  /** What messages call a component: {@code sd15/unet}. */
  public static String name(ModelFolder model, String component) {
    return model.name() + "/" + component;
  }
}
