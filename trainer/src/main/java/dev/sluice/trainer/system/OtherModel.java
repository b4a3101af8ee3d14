package dev.sluice.trainer.system;

import dev.sluice.catalog.Config;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.trainer.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** Models that were trained before: named as those that ship are, or by their folder. */
public final class OtherModel {

  private OtherModel() {}

  /** The checkout, below which shipped models and measures lie. */
  public static Path home() {
    return Path.of(System.getProperty("sluice.home", "."));
  }

  /**
   * A model's folder.
   *
   * @param model a folder, or a name of {@code models/}
   */
  public static Path folder(String model) {
    Path given = Path.of(model);
    return Files.isDirectory(given) ? given : home().resolve("models").resolve(model);
  }

  /**
   * A component that is used as it is.
   *
   * @param model as {@link #folder} takes it
   * @throws TrainingException if it is not there, with its config and weights
   */
  public static Path component(String model, String component) {
    Path folder = folder(model).resolve(component);
    if (!Files.isRegularFile(folder.resolve("config.json"))
        || Checkpoints.find(folder, null).isEmpty()) {
      throw new TrainingException(
          "%s of the model %s is built upon, but %s has no config.json with weights; train that"
                  .formatted(component, model, folder)
              + " model first, or name another folder in its place");
    }
    return folder;
  }

  /**
   * A component of the model that a recipe names for it below {@code built-on}.
   *
   * @throws TrainingException as {@link #component}
   */
  public static Path builtOn(Recipe recipe, String component) {
    return component(recipe.string("built-on." + component), component);
  }

  /** Its config. */
  public static Config config(Path component) {
    return Config.read(component.resolve("config.json"));
  }

  /** Copies a component: its config, its weights. */
  public static void copy(Path component, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(component)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(
            file, to.resolve(file.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
