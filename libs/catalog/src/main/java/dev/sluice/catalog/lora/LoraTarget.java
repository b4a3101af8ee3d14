package dev.sluice.catalog.lora;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Which component of a model a layer of an adaptation belongs to, and what it is called there.
 *
 * @param component the component's name
 * @param layer the layer's name within it, with underscores for dots where {@code isFlat}
 */
record LoraTarget(String component, String layer, boolean isFlat) {

  private static final String WEIGHT = ".weight";

  /** Kohya's trainer writes names without dots, behind these. */
  private static final Map<String, String> FLAT =
      Map.of(
          "lora_unet_", "unet",
          "lora_transformer_", "transformer",
          "lora_te_", "text_encoder",
          "lora_te1_", "text_encoder",
          "lora_te2_", "text_encoder_2",
          "lora_te3_", "text_encoder_3");

  /**
   * Tells it from the layer's name.
   *
   * @param components of the model
   * @param usual the component of layers that name none
   */
  static LoraTarget of(String layer, Collection<String> components, String usual) {
    if (!layer.contains(".")) {
      for (Map.Entry<String, String> flat : FLAT.entrySet()) {
        if (layer.startsWith(flat.getKey())) {
          return new LoraTarget(flat.getValue(), layer.substring(flat.getKey().length()), true);
        }
      }
    }
    int dot = layer.indexOf('.');
    String first = dot < 0 ? "" : layer.substring(0, dot);
    return components.contains(first)
        ? new LoraTarget(first, layer.substring(dot + 1), false)
        : new LoraTarget(usual, layer, false);
  }

  /** The component's weight that is meant; empty if it has none like it. */
  Optional<String> weight(Collection<String> weights) {
    if (!isFlat) {
      return Optional.of(layer + WEIGHT).filter(weights::contains);
    }
    return weights.stream()
        .filter(weight -> weight.endsWith(WEIGHT))
        .filter(
            weight ->
                weight
                    .substring(0, weight.length() - WEIGHT.length())
                    .replace('.', '_')
                    .equals(layer))
        .findFirst();
  }
}
