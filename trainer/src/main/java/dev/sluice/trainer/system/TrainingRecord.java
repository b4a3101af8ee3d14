package dev.sluice.trainer.system;

import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a model folder tells of its training: {@code training.yaml}, the system and its recipe. */
public final class TrainingRecord {

  private static final String FILE = "training.yaml";
  private static final String SYSTEM = "system: ";

  private TrainingRecord() {}

  /** Writes it. */
  static void write(Path model, TrainedSystem system, Recipe recipe) throws IOException {
    Files.createDirectories(model);
    Files.writeString(
        model.resolve(FILE),
        "# ./sluice train %s, with%n%s%s%n%s"
            .formatted(
                system.name(),
                SYSTEM,
                system.name(),
                RecipeFile.write(recipe).replaceFirst("^---\\R", "")));
  }

  /** The system that a model was trained as; empty for one that was not trained here. */
  public static Optional<String> system(Path model) {
    return text(model)
        .flatMap(
            text ->
                text.lines()
                    .filter(line -> line.startsWith(SYSTEM))
                    .map(line -> line.substring(SYSTEM.length()).strip())
                    .findFirst());
  }

  /**
   * The recipe that a model was trained with, beside its system's name; empty for one that was not
   * trained here.
   */
  public static Optional<Recipe> recipe(Path model) {
    return text(model).map(text -> RecipeFile.parse(text, model.resolve(FILE).toString()));
  }

  private static Optional<String> text(Path model) {
    Path file = model.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }
}
