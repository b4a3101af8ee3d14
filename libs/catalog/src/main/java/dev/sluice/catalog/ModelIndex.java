package dev.sluice.catalog;

import static dev.sluice.catalog.ModelFolder.INDEX;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a model's index says.
 *
 * @param settings all of it
 * @param pipeline the class of the pipeline
 * @param classes of the components, by their names; of those too that lie beside what it tells of
 */
record ModelIndex(Config settings, PipelineClass pipeline, Map<String, String> classes) {

  /** Components that a pipeline may have, though diffusers' class of it does not know them. */
  private static final List<String> BESIDE =
      List.of(ModelFolder.CLASSIFIER, ModelFolder.IMAGE_ENCODER, ModelFolder.AUTOREGRESSIVE_PRIOR);

  /** Where download caches have an index: in {@code snapshots/REVISION}. */
  private static final int DEEPEST_INDEX = 3;

  /**
   * Reads the index of a model's folder.
   *
   * @throws IllegalArgumentException if there is none, it is malformed, its pipeline class is not
   *     known, or a component of that class is absent
   */
  static ModelIndex read(Path folder) {
    Path file = folder.resolve(INDEX);
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          folder + ": not a model in diffusers' layout; it has no " + INDEX + layout(folder));
    }
    Config index = Config.read(file, INDEX);
    PipelineClass pipeline = PipelineClass.of(index);
    Map<String, String> classes = new LinkedHashMap<>();
    index
        .asMap()
        .forEach((key, value) -> classNamed(key, value).ifPresent(c -> classes.put(key, c)));
    List<String> missing =
        pipeline.components().stream().filter(name -> !classes.containsKey(name)).toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: %s needs the components %s; given: %s"
              .formatted(INDEX, pipeline.className(), missing, classes.keySet()));
    }
    for (String name : beside(folder, classes::containsKey)) {
      classes.put(name, classBeside(folder, name));
    }
    return new ModelIndex(index, pipeline, classes);
  }

  /** What to do with a component that lies there by itself, as the end of a sentence. */
  private static String layout(Path folder) {
    Path file = folder.resolve(ComponentFiles.CONFIG);
    if (!Files.isRegularFile(file)) {
      return below(folder)
          .map(
              "; there is one in its folder %s: move that folder's contents up, or the folder out"
                  ::formatted)
          .orElse("");
    }
    return ". It looks like one component, %s, by itself: put its files into a folder of that component's name, beside those of the others, and an %s that names them all"
        .formatted(String.join(", ", Config.read(file, "config.json").classNames()), INDEX);
  }

  /** A folder below with an index: archives unpack so, and download caches keep models so. */
  private static Optional<Path> below(Path folder) {
    try (Stream<Path> files = Files.find(folder, DEEPEST_INDEX, (file, any) -> isIndex(file))) {
      return files.map(index -> folder.relativize(index.getParent())).sorted().findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static boolean isIndex(Path file) {
    return file.endsWith(INDEX) && Files.isRegularFile(file);
  }

  /**
   * The class of a component that an index names: {@code ["diffusers", "UNet2DModel"]} is one, all
   * else a setting, and {@code [null, null]} a component that the model goes without.
   */
  static Optional<String> classNamed(String key, Object value) {
    return !key.startsWith("_")
            && value instanceof List<?> pair
            && pair.size() == 2
            && pair.get(1) instanceof String className
        ? Optional.of(className)
        : Optional.empty();
  }

  /** The components that lie in a model's folder though its index does not tell of them. */
  static List<String> beside(Path folder, Predicate<String> isTold) {
    return BESIDE.stream()
        .filter(isTold.negate())
        .filter(name -> Files.isRegularFile(configOf(folder, name)))
        .toList();
  }

  /** The class of such a component. */
  static String classBeside(Path folder, String component) {
    return Config.read(configOf(folder, component), component + "/config.json").networkClass();
  }

  private static Path configOf(Path folder, String component) {
    return folder.resolve(component).resolve(ComponentFiles.CONFIG);
  }
}
