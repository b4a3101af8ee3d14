package dev.sluice.catalog;

import dev.sluice.safetensors.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What can be told of a model without loading it: from its index, its configs and the headers of
 * its weights.
 *
 * @param name the folder's, by which requests ask for the model
 * @param kind the pipeline's class; empty if none could be read
 * @param parameters how many values its weights have, as far as they could be read
 * @param precisions the types that weights are stored in, the commonest first
 * @param stages which it needs, in the order of a generation
 * @param notes what does not stand in the way of every request
 * @param problems why it cannot be served, each with the file at fault; empty if it can
 * @param model the folder, opened; empty if that failed
 */
public record ModelInspection(
    String name,
    String kind,
    long parameters,
    List<DType> precisions,
    List<ModelStage> stages,
    List<String> notes,
    List<String> problems,
    Optional<ModelFolder> model) {

  /** Whether nothing stands against serving it. */
  public boolean isServable() {
    return problems.isEmpty();
  }

  /** Inspects one model's folder. */
  public static ModelInspection of(Path folder, ComponentCheck check) {
    return new ModelInspector(folder, check).inspect();
  }
}
