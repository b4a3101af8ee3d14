package dev.sluice.trainer.system;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of a model folder. */
public final class ModelFiles {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private ModelFiles() {}

  /** Writes a JSON file. */
  public static void write(Path file, Map<String, ?> content) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, JSON.writeValueAsString(content) + "\n");
  }

  /** Writes a component's config. */
  public static void config(Path model, String component, Map<String, ?> config)
      throws IOException {
    write(model.resolve(component).resolve("config.json"), config);
  }

  /**
   * Writes what every pipeline has besides its components.
   *
   * @param scheduler its config
   * @param sampling how the model samples when a request says nothing
   */
  public static void pipeline(
      Path model, Map<String, ?> index, Map<String, ?> scheduler, Map<String, ?> sampling)
      throws IOException {
    pipeline(model, index, sampling);
    scheduler(model, "scheduler", scheduler);
  }

  /** The same of a pipeline without a noise schedule. */
  public static void pipeline(Path model, Map<String, ?> index, Map<String, ?> sampling)
      throws IOException {
    write(model.resolve("model_index.json"), index);
    write(model.resolve("sampling_defaults.json"), sampling);
  }

  /** Writes a scheduler's config. */
  public static void scheduler(Path model, String name, Map<String, ?> config) throws IOException {
    write(model.resolve(name).resolve("scheduler_config.json"), config);
  }

  /** Adds components that the index's class knows and this model goes without. */
  public static void absent(Map<String, Object> index, String... components) {
    for (String component : components) {
      index.put(component, Arrays.asList(null, null));
    }
  }

  /** A config that begins with its class, as diffusers writes it. */
  public static Map<String, Object> ofClass(String name, Map<String, ?> members) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", name);
    config.putAll(members);
    return config;
  }

  /** Where a component's weights lie: transformers and diffusers have names of their own. */
  static Path weights(Path model, String component) throws IOException {
    Path folder = model.resolve(component);
    Path config = folder.resolve("config.json");
    boolean transformers =
        Files.exists(config) && JSON.readTree(Files.readAllBytes(config)).has("architectures");
    return folder.resolve((transformers ? "model" : "diffusion_pytorch_model") + ".safetensors");
  }
}
