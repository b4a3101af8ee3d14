package dev.sluice.pipeline;

import dev.sluice.safetensors.DType;
import java.nio.file.Path;
import java.util.List;

/**
 * What can be told of a model without loading it: from its index, its configs and the headers of
 * its weights.
 *
 * @param name the folder's, by which requests ask for the model
 * @param kind the pipeline's class; empty if none could be read
 * @param parameters how many values its weights have, as far as they could be read
 * @param precisions the types that weights are stored in, the commonest first
 * @param stages which it needs, in the order of a generation
 * @param problems why it cannot be served, each with the file at fault; empty if it can
 */
public record ModelInspection(
    String name,
    String kind,
    long parameters,
    List<DType> precisions,
    List<Stage> stages,
    List<String> problems) {

  /** The services that make a picture. */
  public enum Stage {
    TEXT_ENCODER("text-encoder"),
    PRIOR("prior"),
    DENOISER("denoiser"),
    UPSCALER("upscaler");

    private final String label;

    Stage(String label) {
      this.label = label;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  /** Whether nothing stands against serving it. */
  public boolean isServable() {
    return problems.isEmpty();
  }

  /** Inspects one model's folder. */
  public static ModelInspection of(Path folder) {
    return new ModelInspector(folder).inspect();
  }
}
