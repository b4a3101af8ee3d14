package dev.sluice.launcher.model;

import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelInspection;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.networks.Architectures;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Which models of a folder are served, and what is wrong with the others. */
public record ModelReport(List<ModelInspection> models) {

  /** All models of a folder. */
  public static ModelReport of(Path folder) {
    return new ModelReport(new ModelCatalog(folder, Architectures::check).inspect());
  }

  /** These models, wherever they lie. */
  public static ModelReport of(Collection<Path> models) {
    return new ModelReport(
        models.stream().map(model -> ModelInspection.of(model, Architectures::check)).toList());
  }

  /**
   * Checks that all can be served.
   *
   * @throws LaunchException with what is wrong
   */
  public void requireServable() {
    for (ModelInspection model : models) {
      if (!model.isServable()) {
        throw new LaunchException("The model cannot be served: " + describe(model));
      }
    }
  }

  private static String describe(ModelInspection model) {
    return model.name() + ": " + String.join("; ", model.problems());
  }
}
