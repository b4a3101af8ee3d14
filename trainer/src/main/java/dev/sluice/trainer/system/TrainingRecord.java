package dev.sluice.trainer.system;

import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a model folder tells of its training: {@code training.yaml}, the system, what it took of the
 * processor, and its recipe.
 */
public final class TrainingRecord {

  private static final String FILE = "training.yaml";
  private static final String SYSTEM = "system";
  private static final String MINUTES = "processor-minutes";

  private TrainingRecord() {}

  /** Writes it; what is known of the cost of phases stays. */
  static void write(Path model, TrainedSystem system, Recipe recipe) throws IOException {
    write(model, system, recipe, minutes(model));
  }

  /**
   * Adds what a phase took.
   *
   * @param minutes of the processor, all cores added
   */
  static void spent(Path model, TrainedSystem system, Recipe recipe, String phase, double minutes)
      throws IOException {
    Map<String, Double> all = minutes(model);
    all.put(phase, minutes);
    write(model, system, recipe, all);
  }

  private static void write(
      Path model, TrainedSystem system, Recipe recipe, Map<String, Double> minutes)
      throws IOException {
    Files.createDirectories(model);
    String cost =
        minutes.entrySet().stream()
            .map(phase -> String.format(Locale.ROOT, "%s: %.1f", phase.getKey(), phase.getValue()))
            .collect(Collectors.joining(", ", MINUTES + ": {", "}\n"));
    Files.writeString(
        model.resolve(FILE),
        String.format(
            Locale.ROOT,
            "# ./sluice train %s, with%n%s: %s%n%s%s",
            system.name(),
            SYSTEM,
            system.name(),
            minutes.isEmpty() ? "" : cost,
            RecipeFile.write(recipe).replaceFirst("^---\\R", "")));
  }

  /** The system that a model was trained as; empty for one that was not trained here. */
  public static Optional<String> system(Path model) {
    return recipe(model).filter(record -> record.has(SYSTEM)).map(record -> record.string(SYSTEM));
  }

  /**
   * What its training took of the processor, in minutes, all cores and phases added, without that
   * of components of other models; empty where it was not written down.
   */
  public static OptionalDouble processorMinutes(Path model) {
    Map<String, Double> minutes = minutes(model);
    return minutes.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(minutes.values().stream().mapToDouble(Double::doubleValue).sum());
  }

  private static Map<String, Double> minutes(Path model) {
    Map<String, Double> minutes = new TreeMap<>();
    recipe(model)
        .filter(record -> record.has(MINUTES))
        .map(record -> record.at(MINUTES))
        .ifPresent(
            phases -> phases.keys().forEach(phase -> minutes.put(phase, phases.number(phase))));
    return minutes;
  }

  /**
   * The recipe that a model was trained with, beside its system's name; empty for one that was not
   * trained here.
   */
  public static Optional<Recipe> recipe(Path model) {
    Path file = model.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(RecipeFile.parse(Files.readString(file), file.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }
}
