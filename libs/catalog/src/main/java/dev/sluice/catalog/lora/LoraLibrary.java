package dev.sluice.catalog.lora;

import dev.sluice.catalog.file.PlainName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The LoRAs that lie in the folder {@code loras} beside models: {@code NAME.safetensors}, or a
 * folder NAME with the one file that diffusers and PEFT write.
 */
public final class LoraLibrary {

  /** The folder among those of models. */
  public static final String FOLDER = "loras";

  private static final String SUFFIX = ".safetensors";

  private static final List<String> IN_FOLDERS =
      List.of("pytorch_lora_weights.safetensors", "adapter_model.safetensors");

  private final Path folder;

  /** Those beside the models in {@code models}. */
  public LoraLibrary(Path models) {
    this.folder = models.resolve(FOLDER);
  }

  /** The file of a LoRA; empty if there is none of that name. */
  public Optional<Path> find(String name) {
    if (!PlainName.is(name)) {
      return Optional.empty();
    }
    return Stream.concat(
            Stream.of(folder.resolve(name + SUFFIX)),
            IN_FOLDERS.stream().map(file -> folder.resolve(name).resolve(file)))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** The names of all, sorted. */
  public List<String> names() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> nameOf(entry.getFileName().toString()))
          .filter(name -> find(name).isPresent())
          .distinct()
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String nameOf(String entry) {
    return entry.endsWith(SUFFIX) ? entry.substring(0, entry.length() - SUFFIX.length()) : entry;
  }
}
