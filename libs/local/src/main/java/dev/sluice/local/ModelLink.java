package dev.sluice.local;

import dev.sluice.catalog.ModelCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder of models that holds one, as a link: the folder around a model may hold anything.
 *
 * @param root the folder of models
 * @param name by which requests ask for the model
 */
record ModelLink(Path root, String name) {

  static ModelLink to(Path model) {
    Path folder = model.toAbsolutePath().normalize();
    String name = ModelCatalog.nameFor(folder);
    try {
      Path root = Files.createTempDirectory("sluice-local");
      Path link = Files.createSymbolicLink(root.resolve(name), folder);
      // Not earlier: whoever looks after models for as long as the process lives may look there.
      root.toFile().deleteOnExit();
      link.toFile().deleteOnExit();
      return new ModelLink(root, name);
    } catch (IOException e) {
      throw new UncheckedIOException("the model cannot be linked: " + e.getMessage(), e);
    }
  }
}
