package dev.sluice.launcher.model;

import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.lora.AdaptedName;
import dev.sluice.catalog.lora.LoraLibrary;
import dev.sluice.launcher.console.LaunchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which model a command asks for, and which instance is to serve it.
 *
 * @param name as requests ask for it; empty for the default model
 * @param folder where the model lies, if it was given as a folder
 * @param beside names of further models, beside the first, that the request names
 * @param loras that are added to the model
 */
public record ModelChoice(
    String name, Optional<Path> folder, List<String> beside, List<GivenLora> loras) {

  private static final String INDEX = "model_index.json";
  private static final Pattern HALF_OF_A_MODEL = Pattern.compile("\"KandinskyV22(?!Prior)\\w*");
  private static final Pattern OTHER_HALF = Pattern.compile("\"KandinskyV22Prior\\w*");

  /**
   * Understands {@code --model}: a folder with a {@code model_index.json} is that model, and so is
   * whatever has a slash meant to be; anything else is a name, perhaps with LoRAs behind it.
   *
   * @param loras that are added besides
   * @param beside names of further models, null for one that the command does not name
   * @throws LaunchException if a folder is meant and holds no model
   */
  public static ModelChoice of(String model, List<GivenLora> loras, String... beside) {
    List<String> others =
        Stream.of(beside).filter(other -> other != null && !other.isEmpty()).toList();
    if (model.isEmpty() && !loras.isEmpty()) {
      throw new LaunchException("--lora adds to a model; name it by --model.");
    }
    Path path = Path.of(model);
    if (!model.isEmpty() && isModel(path)) {
      Path folder = path.toAbsolutePath().normalize();
      return new ModelChoice(ModelCatalog.nameFor(folder), Optional.of(folder), others, loras);
    }
    if (model.contains("/") || (!model.isEmpty() && Files.isDirectory(path))) {
      throw new LaunchException(
          "There is no model in "
              + path.toAbsolutePath().normalize()
              + ": a folder in the diffusers layout holds a model_index.json.");
    }
    return new ModelChoice(
        AdaptedName.modelOf(model),
        Optional.empty(),
        others,
        Stream.concat(named(model).stream(), loras.stream()).toList());
  }

  /** As {@link #of(String, List, String...)}, with no LoRAs but those in the name. */
  public static ModelChoice of(String model, String... beside) {
    return of(model, List.of(), beside);
  }

  private static List<GivenLora> named(String model) {
    try {
      return AdaptedName.parse(model).adaptations().stream()
          .map(use -> new GivenLora(use, Optional.empty()))
          .toList();
    } catch (IllegalArgumentException e) {
      throw new LaunchException("--model: " + e.getMessage() + ".");
    }
  }

  /** The model as requests ask for it, with what is added to it. */
  public String requested() {
    try {
      return new AdaptedName(name, loras.stream().map(GivenLora::use).toList()).toString();
    } catch (IllegalArgumentException e) {
      throw new LaunchException("--lora: " + e.getMessage() + ".");
    }
  }

  /**
   * Whether an instance that is up is the one to ask: it serves the folder that holds the model. A
   * request that names no model means the default one of the models that ship.
   *
   * @param models the folder that the instance serves models from
   */
  public boolean isServedFrom(Path models, Path shipped) {
    LoraLibrary library = new LoraLibrary(models);
    boolean hasLoras =
        loras.stream()
            .allMatch(
                lora ->
                    lora.file().isEmpty()
                        || library
                            .find(lora.use().name())
                            .filter(file -> isSame(file, lora.file().get()))
                            .isPresent());
    if (!hasLoras) {
      return false;
    }
    if (folder.isPresent()) {
      return isSame(folder.get().getParent(), models)
          && name.equals(folder.get().getFileName().toString());
    }
    return isSame(models, shipped) || (!name.isEmpty() && isModel(models.resolve(name)));
  }

  /**
   * The models that an instance for this choice alone must serve, by name: the one chosen, those
   * named beside it, and, where it is one half of a model, the other halves beside it. Empty where
   * all that ship are to be served.
   *
   * @throws LaunchException if there is no such model
   */
  public Map<String, Path> alone(Path shipped) {
    if (folder.isEmpty() && name.isEmpty()) {
      return Map.of();
    }
    Path chosen = folder.orElseGet(() -> shipped.resolve(name));
    if (!isModel(chosen)) {
      throw new LaunchException(
          "There is no model %s in %s; there are: %s. A model that lies elsewhere is given by its folder."
              .formatted(name, shipped, String.join(", ", modelsIn(shipped))));
    }
    Map<String, Path> models = new LinkedHashMap<>();
    models.put(name, chosen);
    for (String other : beside) {
      Path sibling = chosen.resolveSibling(other);
      if (!isModel(sibling)) {
        throw new LaunchException(
            "There is no model %s beside %s: %s is missing."
                .formatted(other, chosen, sibling.resolve(INDEX)));
      }
      models.put(other, sibling);
    }
    if (beside.isEmpty() && mentions(chosen, HALF_OF_A_MODEL)) {
      for (String sibling : modelsIn(chosen.getParent())) {
        if (mentions(chosen.resolveSibling(sibling), OTHER_HALF)) {
          models.put(sibling, chosen.resolveSibling(sibling));
        }
      }
    }
    return models;
  }

  /**
   * The files of the LoRAs that an instance for this choice alone must have, by name.
   *
   * @throws LaunchException if one is not beside the model
   */
  public Map<String, Path> lorasAlone(Path shipped) {
    Map<String, Path> files = new LinkedHashMap<>();
    Path models = folder.map(Path::getParent).orElse(shipped);
    LoraLibrary library = new LoraLibrary(models);
    for (GivenLora lora : loras) {
      String called = lora.use().name();
      files.put(
          called,
          lora.file()
              .or(() -> library.find(called))
              .orElseThrow(
                  () ->
                      new LaunchException(
                          "There is no LoRA %s in %s. One that lies elsewhere is given by its file."
                              .formatted(called, models.resolve(LoraLibrary.FOLDER)))));
    }
    return files;
  }

  private static boolean isModel(Path folder) {
    return Files.isRegularFile(folder.resolve(INDEX));
  }

  /** What cannot be read is no model for us, and none of our business where it only lies beside. */
  private static List<String> modelsIn(Path folder) {
    try (Stream<Path> folders = Files.list(folder)) {
      return folders
          .filter(ModelChoice::isModel)
          .map(model -> model.getFileName().toString())
          .filter(ModelCatalog::isName)
          .sorted()
          .toList();
    } catch (IOException e) {
      return new ArrayList<>();
    }
  }

  private static boolean mentions(Path model, Pattern pipeline) {
    try {
      return pipeline.matcher(Files.readString(model.resolve(INDEX))).find();
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return one != null && Files.isSameFile(one, other);
    } catch (IOException e) {
      return false;
    }
  }
}
