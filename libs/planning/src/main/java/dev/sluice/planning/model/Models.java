package dev.sluice.planning.model;

import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.UnknownModelException;
import dev.sluice.catalog.UnusableModelException;
import dev.sluice.catalog.file.Nearest;
import dev.sluice.catalog.lora.AdaptedName;
import dev.sluice.planning.request.RequestException;
import java.util.List;

/**
 * The models that requests name.
 *
 * @param usual the model of requests that name none; where it is not there, the only one that makes
 *     pictures takes its place
 */
public record Models(ModelCatalog catalog, String usual) {

  private static final int LONGEST_NAME_SHOWN = 128;

  /**
   * The model of that name.
   *
   * @param name empty for the usual one
   * @throws RequestException if there is none, or it cannot be served
   */
  public ModelFolder named(String name) {
    String wanted = name.isEmpty() ? unnamed() : name;
    try {
      return catalog.open(wanted);
    } catch (UnknownModelException e) {
      if (AdaptedName.isAdapted(wanted) && catalog.names().contains(AdaptedName.modelOf(wanted))) {
        throw RequestException.modelNotFound(
            "Model '%s': %s.".formatted(abbreviated(wanted), e.getMessage()));
      }
      requireNotMeant(wanted);
      List<String> names = all().stream().map(ModelFolder::name).toList();
      throw RequestException.modelNotFound(
          "There is no model '%s'; there are: %s.%s"
              .formatted(
                  abbreviated(wanted), String.join(", ", names), Nearest.hint(wanted, names)));
    } catch (UnusableModelException e) {
      throw RequestException.modelUnusable(e.getMessage());
    }
  }

  /** What is listed as a model that cannot be served is not unknown, whatever it is called. */
  private void requireNotMeant(String wanted) {
    catalog.inspect().stream()
        .filter(inspection -> inspection.name().equals(wanted) && !inspection.isServable())
        .findFirst()
        .ifPresent(
            inspection -> {
              throw RequestException.modelUnusable(
                  new UnusableModelException(abbreviated(wanted), inspection.problems(), null)
                      .getMessage());
            });
  }

  /** The name of the model of requests that name none. */
  public String unnamed() {
    if (catalog.names().contains(usual)) {
      return usual;
    }
    List<String> others = picturing();
    return others.size() == 1 ? others.get(0) : usual;
  }

  /**
   * The same, for a picture.
   *
   * @throws RequestException as {@link #named}, and if it makes no pictures
   */
  public ModelFolder picturing(String name) {
    ModelFolder model = named(name);
    if (!model.pipeline().hasDenoiser()) {
      throw RequestException.invalid(
          "model",
          "Model %s is a %s, which makes no pictures by itself; choose one of: %s."
              .formatted(
                  model.name(), model.pipeline().className(), String.join(", ", picturing())));
    }
    return model;
  }

  private List<String> picturing() {
    return all().stream()
        .filter(model -> model.pipeline().hasDenoiser())
        .map(ModelFolder::name)
        .toList();
  }

  /** All that can be served. */
  public List<ModelFolder> all() {
    return catalog.models();
  }

  private static String abbreviated(String name) {
    return name.length() <= LONGEST_NAME_SHOWN ? name : name.substring(0, LONGEST_NAME_SHOWN) + "…";
  }
}
