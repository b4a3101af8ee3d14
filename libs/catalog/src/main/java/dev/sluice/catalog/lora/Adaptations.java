package dev.sluice.catalog.lora;

import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.TensorInfo;
import dev.sluice.safetensors.TensorSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Adds low-rank adaptations to the weights of a model's components.
 *
 * @param adaptations in the order in which they are added
 * @param components of the model
 * @param usual the component of layers that name none
 */
public record Adaptations(
    List<Adaptation> adaptations, Collection<String> components, String usual) {

  private static final Set<DType> ADAPTABLE = Set.of(DType.F32, DType.F16, DType.BF16);

  /**
   * A component's weights with what is added to them.
   *
   * @param weights taken over; closed with the result
   */
  public TensorSource adapt(String component, TensorSource weights) {
    List<LoraFile> files = new ArrayList<>();
    Map<String, List<AdaptedTensors.Product>> products = new LinkedHashMap<>();
    try {
      for (Adaptation adaptation : adaptations) {
        LoraFile file = LoraFile.open(adaptation.file());
        files.add(file);
        for (LoraLayer layer : file.layers()) {
          LoraTarget target = LoraTarget.of(layer.layer(), components, usual);
          if (!target.component().equals(component)) {
            continue;
          }
          target
              .weight(weights.names())
              .ifPresent(
                  weight ->
                      products
                          .computeIfAbsent(weight, any -> new ArrayList<>())
                          .add(
                              new AdaptedTensors.Product(
                                  file,
                                  layer,
                                  (float) (layer.scale() * adaptation.use().weight()))));
        }
      }
    } catch (RuntimeException e) {
      files.forEach(LoraFile::close);
      throw e;
    }
    if (products.isEmpty()) {
      files.forEach(LoraFile::close);
      return weights;
    }
    return new AdaptedTensors(weights, products, files);
  }

  /**
   * Checks by headers alone that an adaptation fits the model.
   *
   * @param weights opens a component's
   * @throws IllegalArgumentException if it does not, in a sentence
   */
  public static void check(
      Adaptation adaptation,
      Collection<String> components,
      String usual,
      Function<String, TensorSource> weights) {
    Map<String, TensorSource> open = new LinkedHashMap<>();
    try (LoraFile file = LoraFile.open(adaptation.file())) {
      List<String> strangers = new ArrayList<>();
      for (LoraLayer layer : file.layers()) {
        LoraTarget target = LoraTarget.of(layer.layer(), components, usual);
        Optional<String> weight =
            components.contains(target.component())
                ? target.weight(open.computeIfAbsent(target.component(), weights).names())
                : Optional.empty();
        if (weight.isEmpty()) {
          strangers.add(layer.layer());
        } else {
          requireFit(file, layer, open.get(target.component()).info(weight.get()));
        }
      }
      if (!strangers.isEmpty()) {
        throw new IllegalArgumentException(
            ("the model has no layer like %s (%d of %d layers); it was made for another kind of"
                    + " model, or has another trainer's names: convert it to diffusers' layout")
                .formatted(strangers.get(0), strangers.size(), file.layers().size()));
      }
    } finally {
      open.values().forEach(TensorSource::close);
    }
  }

  private static void requireFit(LoraFile file, LoraLayer layer, TensorInfo weight) {
    TensorInfo up = file.info(layer.up());
    TensorInfo down = file.info(layer.down());
    long rows = up.shape()[0];
    long columns = down.elements() / down.shape()[0];
    if (weight.shape().length < 2
        || weight.shape()[0] != rows
        || weight.elements() != rows * columns) {
      throw new IllegalArgumentException(
          "layer %s adds %d x %d values to %s; it was made for another model"
              .formatted(layer.layer(), rows, columns, weight));
    }
    if (!ADAPTABLE.contains(weight.dtype())) {
      throw new IllegalArgumentException(
          "layer %s: weights of type %s are not adapted".formatted(layer.layer(), weight.dtype()));
    }
  }
}
