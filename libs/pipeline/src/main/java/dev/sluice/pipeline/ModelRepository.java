package dev.sluice.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A folder of model folders; a model goes by its folder's name. */
public final class ModelRepository {

  /** A plain folder name: no separators, no dots in front, so nothing leads outside. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private final Path root;

  /**
   * A repository.
   *
   * @throws IllegalArgumentException if {@code root} is no folder
   */
  public ModelRepository(Path root) {
    if (!Files.isDirectory(root)) {
      throw new IllegalArgumentException(
          root.toAbsolutePath() + " is no folder; expected the folder that holds the models");
    }
    this.root = root;
  }

  /** The names of everything that has a {@code model_index.json}, sorted. */
  public List<String> names() {
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(this::isModel)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(root + " cannot be listed: " + e.getMessage(), e);
    }
  }

  /**
   * Every model here, sorted by name, without loading it; also folders and weights that look as if
   * they were meant to be models, with what keeps them from being served.
   */
  public List<ModelInspection> inspect() {
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("."))
          .filter(entry -> Files.isDirectory(entry) || ModelInspector.isWeights(entry))
          .sorted()
          .map(ModelInspection::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(root + " cannot be listed: " + e.getMessage(), e);
    }
  }

  /**
   * Opens a model.
   *
   * @param name as a request gives it; anything but the name of a folder right here finds nothing
   * @throws UnknownModelException if there is none
   * @throws IllegalArgumentException if it cannot be served
   */
  public ModelFolder open(String name) {
    if (!isModel(name)) {
      throw new UnknownModelException(
          "there is no model \"%s\"; there are: %s".formatted(name, String.join(", ", names())));
    }
    return ModelFolder.open(root.resolve(name));
  }

  /** Whether a model can go by that name. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  private boolean isModel(String name) {
    return isName(name) && Files.isRegularFile(root.resolve(name).resolve(ModelFolder.INDEX));
  }
}
