package dev.sluice.serving;

import dev.sluice.contract.v1.SamplingParameters;
import dev.sluice.pipeline.Sampling;
import dev.sluice.stage.InvalidTaskException;
import java.util.Optional;

/** A task's sampling parameters as the engines have them. */
public final class Samplings {

  private static final double LARGEST_SCALE = 100;

  private Samplings() {}

  /**
   * Reads what a task asks for.
   *
   * @param field where it stands in the task
   * @throws InvalidTaskException if a value is out of its range
   */
  public static Sampling of(SamplingParameters parameters, String field) {
    double scale = parameters.getGuidanceScale();
    if (!(scale >= 0 && scale <= LARGEST_SCALE)) {
      throw InvalidTaskException.inField(
          field + ".guidance_scale", "%s is not in the range 0 to 100".formatted(scale));
    }
    try {
      return new Sampling(
          parameters.getSteps(),
          scale,
          Optional.of(parameters.getSampler()).filter(name -> !name.isEmpty()),
          parameters.getEta());
    } catch (IllegalArgumentException e) {
      throw InvalidTaskException.inField(field, e.getMessage());
    }
  }
}
