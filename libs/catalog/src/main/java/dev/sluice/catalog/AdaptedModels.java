package dev.sluice.catalog;

import dev.sluice.catalog.file.FileStamp;
import dev.sluice.catalog.file.Sentences;
import dev.sluice.catalog.lora.Adaptation;
import dev.sluice.catalog.lora.AdaptedName;
import dev.sluice.catalog.lora.LoraLibrary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Models with LoRAs added to them. Looks at files again only where they have changed. */
final class AdaptedModels {

  private final LoraLibrary library;

  /** What was found of a model and a file; an empty sentence where they fit. */
  private final Map<Pair, Known> known = new ConcurrentHashMap<>();

  private record Pair(String model, Path file) {}

  private record Known(String stamp, String problem) {}

  AdaptedModels(LoraLibrary library) {
    this.library = library;
  }

  List<String> names() {
    return library.names();
  }

  Map<String, String> unusable() {
    return library.unusable();
  }

  /**
   * A model with what its name in a request adds.
   *
   * @param model as it is
   * @throws UnknownModelException if the name is not understood, or there is no such LoRA
   * @throws UnusableModelException if a LoRA does not fit the model
   */
  ModelFolder open(String name, ModelFolder model) {
    List<AdaptedName.Use> uses;
    try {
      uses = AdaptedName.parse(name).adaptations();
    } catch (IllegalArgumentException e) {
      throw new UnknownModelException(e.getMessage());
    }
    List<Adaptation> adaptations = new ArrayList<>();
    for (AdaptedName.Use use : uses) {
      Adaptation adaptation = new Adaptation(use, file(use.name()));
      String problem = problem(model, adaptation);
      if (!problem.isEmpty()) {
        throw new UnusableModelException(
            name, List.of("LoRA %s: %s".formatted(use.name(), problem)), null);
      }
      adaptations.add(adaptation);
    }
    return model.adaptedBy(adaptations);
  }

  private Path file(String name) {
    Optional<Path> file = library.find(name);
    return file.orElseThrow(() -> unknown(name, library.names()));
  }

  private static UnknownModelException unknown(String name, List<String> names) {
    return new UnknownModelException(
        "there is no LoRA \"%s\"; there are: %s"
            .formatted(
                name,
                names.isEmpty()
                    ? "none (they lie in the folder %s among the models)"
                        .formatted(LoraLibrary.FOLDER)
                    : String.join(", ", names)));
  }

  private String problem(ModelFolder model, Adaptation adaptation) {
    Pair pair = new Pair(model.name(), adaptation.file());
    String stamp = model.stamp() + FileStamp.of(adaptation.file(), 1);
    Known before = known.get(pair);
    if (before != null && before.stamp().equals(stamp)) {
      return before.problem();
    }
    String problem = look(model, adaptation);
    known.put(pair, new Known(stamp, problem));
    return problem;
  }

  private static String look(ModelFolder model, Adaptation adaptation) {
    try {
      model.requireFit(adaptation);
      return "";
    } catch (RuntimeException e) {
      return Sentences.inside(adaptation.file().getParent(), e.getMessage());
    }
  }
}
