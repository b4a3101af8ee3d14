package dev.sluice.catalog.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.catalog.file.ModelFile;
import dev.sluice.safetensors.SafetensorsException;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.TensorInfo;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of low-rank adaptations: for each of some layers, two small matrices whose product is
 * added to the layer's weight (Hu et al. 2021, eq. 3). Safe for use by several threads.
 */
final class LoraFile implements AutoCloseable {

  /** Where diffusers and PEFT write how the adaptation was trained, as JSON. */
  private static final String TRAINED = "lora_adapter_metadata";

  private final TensorSource tensors;
  private final List<LoraLayer> layers;

  private LoraFile(TensorSource tensors, List<LoraLayer> layers) {
    this.tensors = tensors;
    this.layers = layers;
  }

  /**
   * Reads a file's header.
   *
   * @throws IllegalArgumentException if it holds something else than low-rank products
   */
  static LoraFile open(Path file) {
    TensorSource tensors;
    try {
      tensors = SafetensorsFile.open(file);
    } catch (SafetensorsException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    try {
      return new LoraFile(tensors, layers(tensors));
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  List<LoraLayer> layers() {
    return layers;
  }

  /** Where a layer's matrices come from, for messages. */
  String origin(LoraLayer layer) {
    return tensors.origin(layer.up());
  }

  TensorInfo info(String tensor) {
    return tensors.info(tensor);
  }

  float[] values(String tensor) {
    return tensors.floats(tensor);
  }

  private static List<LoraLayer> layers(TensorSource tensors) {
    Map<String, Map<LoraKey.Part, String>> parts = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      LoraKey key =
          LoraKey.of(name)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          ("tensor %s is no part of a low-rank product; expected LoRA in the layout"
                                  + " of diffusers, PEFT or kohya (no LoHa, LoKr, DoRA or biases)")
                              .formatted(name)));
      parts
          .computeIfAbsent(key.layer(), any -> new EnumMap<>(LoraKey.Part.class))
          .put(key.part(), name);
    }
    JsonNode trained = trained(tensors);
    List<LoraLayer> layers = new ArrayList<>();
    parts.forEach((layer, part) -> layers.add(layer(tensors, layer, part, trained)));
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("it holds no tensors");
    }
    return layers;
  }

  private static LoraLayer layer(
      TensorSource tensors, String layer, Map<LoraKey.Part, String> parts, JsonNode trained) {
    String down = parts.get(LoraKey.Part.DOWN);
    String up = parts.get(LoraKey.Part.UP);
    if (down == null || up == null) {
      throw new IllegalArgumentException(
          "layer %s has one matrix of its two: the file is cut off, or another kind of adaptation"
              .formatted(layer));
    }
    long[] downShape = tensors.info(down).shape();
    long[] upShape = tensors.info(up).shape();
    boolean matrices = downShape.length == 2 || downShape.length == 4;
    if (!matrices || upShape.length < 2 || upShape[1] != downShape[0] || downShape[0] < 1) {
      throw new IllegalArgumentException(
          "layer %s: %s and %s are no product of two matrices"
              .formatted(layer, tensors.info(down), tensors.info(up)));
    }
    long rank = downShape[0];
    String alpha = parts.get(LoraKey.Part.ALPHA);
    double scale = alpha != null ? tensors.floats(alpha)[0] / rank : scale(layer, trained);
    return new LoraLayer(layer, down, up, (float) scale);
  }

  /** By what the training wrote into the header; 1 where it says nothing. */
  private static double scale(String layer, JsonNode trained) {
    String component = layer.contains(".") ? layer.substring(0, layer.indexOf('.')) : "";
    for (String ours : List.of(component + ".", "")) {
      JsonNode alpha = trained.path(ours + "lora_alpha");
      JsonNode rank = trained.path(ours + "r");
      if (alpha.isNumber() && rank.isNumber() && rank.doubleValue() > 0) {
        boolean isPlain =
            trained.path(ours + "alpha_pattern").isEmpty()
                && trained.path(ours + "rank_pattern").isEmpty()
                && !trained.path(ours + "use_rslora").asBoolean()
                && !trained.path(ours + "use_dora").asBoolean();
        if (!isPlain) {
          throw new IllegalArgumentException(
              TRAINED
                  + " names alpha_pattern, rank_pattern, use_rslora or use_dora, which are not"
                  + " known here");
        }
        return alpha.doubleValue() / rank.doubleValue();
      }
    }
    return 1;
  }

  private static JsonNode trained(TensorSource tensors) {
    try {
      return ModelFile.JSON.readTree(tensors.metadata().getOrDefault(TRAINED, "{}"));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(TRAINED + " in the header is not JSON", e);
    }
  }

  @Override
  public void close() {
    tensors.close();
  }
}
