package dev.sluice.catalog.file;

import java.nio.file.Path;

/** Messages as clients may see them. */
public final class Sentences {

  private Sentences() {}

  /** A message about files of a model, with their names as they are inside of it. */
  public static String inside(Path model, String message) {
    return message
        .replace(model.toAbsolutePath() + "/", "")
        .replace(model + "/", "")
        .replace(model + ": ", "");
  }
}
