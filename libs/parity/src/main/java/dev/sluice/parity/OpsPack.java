package dev.sluice.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.parity.network.About;
import dev.sluice.parity.network.PackResult;
import dev.sluice.parity.network.Reference;
import dev.sluice.parity.network.Tally;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Single operations of PyTorch: resizing, activations, normalisations, embeddings and the like.
 * Each output's name says which operation it is of and with which arguments, such as {@code
 * out.group_norm.g4.eps1e-05}. Those of networks are run by the layers that networks are made of
 * ({@link LayerOps}), the others by the code that samplers and pipelines use ({@link ArrayOps}).
 *
 * @param folder of the pack
 * @param descriptions what the recording says of each tensor
 * @param tolerance the largest relative error that passes
 */
record OpsPack(Path folder, Map<String, String> descriptions, double tolerance) implements Pack {

  private static final double DEFAULT_TOLERANCE = 1e-5;

  static OpsPack read(Path folder, JsonNode about) {
    Map<String, String> descriptions = new LinkedHashMap<>();
    about
        .get("tensors")
        .properties()
        .forEach(tensor -> descriptions.put(tensor.getKey(), tensor.getValue().asText()));
    if (descriptions.keySet().stream().noneMatch(name -> name.startsWith("out."))) {
      throw new IllegalArgumentException(
          folder.resolve(About.FILE) + ": \"tensors\" lists no recorded operation, out.*");
    }
    return new OpsPack(
        folder, descriptions, about.path("suggested_rel_tolerance").asDouble(DEFAULT_TOLERANCE));
  }

  @Override
  public PackResult run() {
    Tally tally = new Tally();
    try (TensorSource golden = SafetensorsFile.open(folder.resolve("golden.safetensors"))) {
      Map<String, String> ofLayers = new TreeMap<>();
      descriptions.forEach(
          (name, description) -> {
            if (LayerOps.knows(name)) {
              ofLayers.put(name, description);
            }
          });
      Map<String, HostTensor.Floats> byLayers = runLayers(ofLayers, golden);
      descriptions.keySet().stream()
          .filter(name -> name.startsWith("out."))
          .forEach(
              name -> {
                Reference expected = Reference.of(golden, name);
                Optional<HostTensor.Floats> actual =
                    ofLayers.containsKey(name)
                        ? Optional.of(byLayers.get(name))
                        : ArrayOps.apply(expected, golden);
                tally.add(
                    actual
                        .map(tensor -> expected.compare(tensor, tolerance))
                        .orElseGet(
                            () ->
                                expected.failure(tolerance, "no operation is known by this name")));
              });
    }
    return tally.result(Pack.name(folder));
  }

  private static Map<String, HostTensor.Floats> runLayers(
      Map<String, String> outputs, TensorSource golden) {
    if (outputs.isEmpty()) {
      return Map.of();
    }
    LayerOps layers = LayerOps.of(outputs, golden);
    // The weights of the layers go by the names of the recorded tensors.
    try (Network network =
        Network.initialize(layers, parameter -> golden.floats(parameter.name()))) {
      return network.run(layers.exampleInputs());
    }
  }
}
