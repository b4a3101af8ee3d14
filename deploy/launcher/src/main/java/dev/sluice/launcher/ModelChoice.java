package dev.sluice.launcher;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which model to use, and the folder of models that an instance must serve for it.
 *
 * @param name as requests ask for it; empty for the default model
 * @param folder that holds the model's folder
 */
record ModelChoice(String name, Path folder) {

  /**
   * Understands {@code --model}: a name is looked up among {@code shipped}; whatever has a slash,
   * or is a folder with a {@code model_index.json}, is a folder of its own.
   */
  static ModelChoice of(String model, Path shipped) {
    Path path = Path.of(model);
    boolean isFolder = Files.isRegularFile(path.resolve("model_index.json")) && !model.isEmpty();
    if (isFolder) {
      Path folder = path.toAbsolutePath().normalize();
      return new ModelChoice(folder.getFileName().toString(), folder.getParent());
    }
    if (model.contains("/")) {
      throw new LaunchException(
          "There is no model in "
              + path.toAbsolutePath()
              + ": a folder in the diffusers layout holds a model_index.json.");
    }
    return new ModelChoice(model, shipped);
  }
}
