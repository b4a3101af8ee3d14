package dev.sluice.launcher.model;

import dev.sluice.catalog.ModelFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How much there is to load in a folder of models. */
public final class ModelSizes {

  private ModelSizes() {}

  /** Whether any file is a large model's; so it is taken to be where a folder cannot be read. */
  public static boolean anyLarge(Path models) {
    try (Stream<Path> files = Files.walk(models, FileVisitOption.FOLLOW_LINKS)) {
      return files.anyMatch(file -> file.toFile().length() > ModelFolder.SMALL_BYTES);
    } catch (IOException | UncheckedIOException e) {
      return true;
    }
  }
}
