package dev.sluice.trainer.system;

import dev.sluice.catalog.Config;
import dev.sluice.safetensors.Checkpoints;
import java.nio.file.Files;
import java.nio.file.Path;

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

  /** Its config. */
  public static Config config(Path component) {
    return Config.read(component.resolve("config.json"));
  }
}
