package dev.sluice.bench.published;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.sluice.bench.RandomWeights;
import dev.sluice.bench.published.Component.ClipTokenizer;
import dev.sluice.bench.published.Component.ImageProcessor;
import dev.sluice.bench.published.Component.Scheduler;
import dev.sluice.bench.published.Component.T5Tokenizer;
import dev.sluice.bench.published.Component.WeightedNetwork;
import dev.sluice.catalog.Config;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.graph.Network;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.SafetensorsWriter;
import dev.sluice.safetensors.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Writes checkpoints in diffusers' layout: published configs and sizes, weights in half precision
 * that mean nothing. Which tensors there are, the networks say that will read them.
 */
final class CheckpointWriter {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  /** Where weights come from. */
  enum Values {
    /** Seeded numbers that keep what flows through a network in range. */
    RANDOM,
    /** Zeros in a sparse file, which is written in no time. */
    ZEROS
  }

  private final Values values;
  private final long seed;

  CheckpointWriter(Values values, long seed) {
    this.values = values;
    this.seed = seed;
  }

  /**
   * Writes a checkpoint.
   *
   * @param folder the model's; what is published beside it comes beside it
   * @return the folders written
   */
  List<Path> write(PublishedModel model, Path folder) throws IOException {
    List<Path> folders = new ArrayList<>();
    Path named = folder.toAbsolutePath().normalize();
    for (Map.Entry<String, PublishedModel.Pipeline> entry : model.folders().entrySet()) {
      Path place = named.resolveSibling(named.getFileName() + entry.getKey());
      write(entry.getValue(), place);
      folders.add(place);
    }
    return folders;
  }

  private void write(PublishedModel.Pipeline pipeline, Path folder) throws IOException {
    Map<String, Object> index = Keys.of("_class_name", pipeline.className());
    index.putAll(pipeline.settings());
    for (Map.Entry<String, Component> entry : pipeline.components().entrySet()) {
      Component component = entry.getValue();
      index.put(entry.getKey(), List.of(component.library(), component.className()));
      Path place = folder.resolve(entry.getKey());
      Files.createDirectories(place);
      if (component instanceof WeightedNetwork network) {
        writeNetwork(network, place);
      } else if (component instanceof Scheduler scheduler) {
        writeJson(place.resolve("scheduler_config.json"), classKey(scheduler), scheduler.config());
      } else if (component instanceof ClipTokenizer tokenizer) {
        ClipVocabulary.write(place, tokenizer);
      } else if (component instanceof T5Tokenizer tokenizer) {
        T5Pieces.write(place, tokenizer);
      } else if (component instanceof ImageProcessor processor) {
        writeJson(
            place.resolve("preprocessor_config.json"), Keys.of(), preprocessing(processor.size()));
      }
    }
    JSON.writeValue(folder.resolve("model_index.json").toFile(), index);
  }

  /** Writes a network's config and weights into {@code folder}. */
  void writeNetwork(WeightedNetwork network, Path folder) throws IOException {
    Files.createDirectories(folder);
    writeJson(folder.resolve("config.json"), classKey(network), network.config());
    String stem = network.library().equals("transformers") ? "model" : "diffusion_pytorch_model";
    List<Map<String, TensorSpec>> shards = shards(tensors(network), network.shards());
    if (shards.size() == 1) {
      writeWeights(folder.resolve(stem + ".safetensors"), shards.get(0));
      return;
    }
    Map<String, String> files = new TreeMap<>();
    long bytes = 0;
    for (int i = 0; i < shards.size(); i++) {
      String file = "%s-%05d-of-%05d.safetensors".formatted(stem, i + 1, shards.size());
      writeWeights(folder.resolve(file), shards.get(i));
      shards.get(i).keySet().forEach(name -> files.put(name, file));
      bytes += bytes(shards.get(i));
    }
    JSON.writeValue(
        folder.resolve(stem + ".safetensors.index.json").toFile(),
        Keys.of("metadata", Map.of("total_size", bytes), "weight_map", files));
  }

  /** The tensors of a network's checkpoint, in the order in which it uses them. */
  static Map<String, TensorSpec> tensors(WeightedNetwork network) {
    Map<String, TensorSpec> tensors = new LinkedHashMap<>();
    Network.weights(Architectures.of(network.className(), Config.of(network.config())))
        .forEach((name, shape) -> tensors.put(name, new TensorSpec(DType.F16, shape)));
    return tensors;
  }

  private static List<Map<String, TensorSpec>> shards(Map<String, TensorSpec> tensors, int count) {
    long whole = bytes(tensors);
    List<Map<String, TensorSpec>> shards = new ArrayList<>();
    Map<String, TensorSpec> shard = new LinkedHashMap<>();
    long bytes = 0;
    for (Map.Entry<String, TensorSpec> tensor : tensors.entrySet()) {
      shard.put(tensor.getKey(), tensor.getValue());
      bytes += tensor.getValue().bytes();
      if (bytes >= whole * (shards.size() + 1) / count) {
        shards.add(shard);
        shard = new LinkedHashMap<>();
      }
    }
    return shards;
  }

  private static long bytes(Map<String, TensorSpec> tensors) {
    return tensors.values().stream().mapToLong(TensorSpec::bytes).sum();
  }

  private void writeWeights(Path file, Map<String, TensorSpec> tensors) {
    if (values == Values.ZEROS) {
      SafetensorsWriter.writeZeros(file, tensors, METADATA);
    } else {
      SafetensorsWriter.write(
          file,
          tensors,
          METADATA,
          name ->
              RandomWeights.of(
                  name,
                  tensors.get(name).shape(),
                  new SplittableRandom(31 * seed + name.hashCode())));
    }
  }

  private static Map<String, Object> classKey(Component component) {
    return component.library().equals("transformers")
        ? Keys.of("architectures", List.of(component.className()))
        : Keys.of("_class_name", component.className());
  }

  /** CLIP's, by which the image encoder was trained. */
  private static Map<String, Object> preprocessing(int size) {
    return Keys.of(
        "crop_size",
        Keys.of("height", size, "width", size),
        "do_center_crop",
        true,
        "do_convert_rgb",
        true,
        "do_normalize",
        true,
        "do_rescale",
        true,
        "do_resize",
        true,
        "image_mean",
        List.of(0.48145466, 0.4578275, 0.40821073),
        "image_std",
        List.of(0.26862954, 0.26130258, 0.27577711),
        "resample",
        3,
        "size",
        Keys.of("shortest_edge", size));
  }

  private static void writeJson(Path file, Map<String, Object> first, Map<String, Object> rest)
      throws IOException {
    Map<String, Object> object = new LinkedHashMap<>(first);
    object.putAll(rest);
    JSON.writeValue(file.toFile(), object);
  }
}
