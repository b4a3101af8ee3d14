package dev.sluice.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The models that requests may name: the folders in the diffusers layout (a {@code
 * model_index.json} beside one folder per component) directly under one folder. Nothing is cached,
 * so a model that is copied in can be asked for at once.
 */
final class ModelCatalog {

  private static final String INDEX = "model_index.json";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private final Path root;
  private final ObjectMapper json = new ObjectMapper();

  ModelCatalog(Path root) {
    this.root = root;
  }

  /** Every folder that has a readable {@code model_index.json}, by name. */
  List<ModelFolder> list() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .sorted()
          .flatMap(name -> find(name).stream())
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException("The model folder " + root + " cannot be listed", e);
    }
  }

  /**
   * The model folder of that name.
   *
   * @param name as a client wrote it; anything that is not a plain folder name finds nothing
   */
  Optional<ModelFolder> find(String name) {
    if (!NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    Path folder = root.resolve(name);
    if (!Files.isRegularFile(folder.resolve(INDEX))) {
      return Optional.empty();
    }
    try {
      JsonNode index = json.readTree(folder.resolve(INDEX).toFile());
      String pipelineClass = index.path("_class_name").asText("");
      return pipelineClass.isEmpty()
          ? Optional.empty()
          : Optional.of(new ModelFolder(name, folder, pipelineClass, json));
    } catch (IOException e) {
      // What is not JSON is no model; the other models stay available.
      return Optional.empty();
    }
  }
}
