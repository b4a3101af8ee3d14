package dev.sluice.serving;

import dev.sluice.contract.SamplingRanges;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.diffusion.config.Thresholding;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import dev.sluice.pipeline.draw.Drawing;
import dev.sluice.pipeline.request.GuidanceOptions;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.stage.work.InvalidTaskException;
import java.util.Optional;
import java.util.OptionalInt;

/** A task's sampling parameters as the engines have them. */
public final class Samplings {

  private Samplings() {}

  /**
   * Reads what a task asks for.
   *
   * @param field where it stands in the task
   * @throws InvalidTaskException if a value is out of its range
   */
  public static Sampling of(SamplingSettings parameters, String field) {
    try {
      SamplingRanges.check(parameters);
      return Sampling.of(
              parameters.getSteps(),
              parameters.hasGuidanceScale() ? parameters.getGuidanceScale() : 1)
          .by(Optional.of(parameters.getSampler()).filter(name -> !name.isEmpty()))
          .withEta(parameters.getEta())
          .guided(guidance(parameters))
          .spaced(
              parameters.hasTimestepSpacing()
                  ? Optional.of(TimestepSpacing.named(parameters.getTimestepSpacing()))
                  : Optional.empty())
          .thresholded(thresholding(parameters))
          .caching(parameters.hasCacheInterval() ? parameters.getCacheInterval() : 1)
          .noising(
              parameters.hasNoiseLevel()
                  ? OptionalInt.of(parameters.getNoiseLevel())
                  : OptionalInt.empty())
          .drawing(
              new Drawing(
                  parameters.hasTemperature() ? parameters.getTemperature() : 1,
                  parameters.getTopK()));
    } catch (IllegalArgumentException e) {
      throw InvalidTaskException.inField(field, e.getMessage());
    }
  }

  private static GuidanceOptions guidance(SamplingSettings parameters) {
    return new GuidanceOptions(
        parameters.getGuidanceRescale(),
        parameters.getGuidanceStart(),
        parameters.hasGuidanceEnd() ? parameters.getGuidanceEnd() : 1,
        parameters.getClassifierScale(),
        parameters.getClipScale());
  }

  private static Optional<Thresholding> thresholding(SamplingSettings parameters) {
    if (parameters.hasDynamicThreshold()) {
      double most =
          parameters.hasDynamicThresholdMax()
              ? parameters.getDynamicThresholdMax()
              : Double.POSITIVE_INFINITY;
      return Optional.of(new Thresholding.Dynamic(parameters.getDynamicThreshold(), most));
    }
    if (!parameters.hasStaticThreshold()) {
      return Optional.empty();
    }
    double range = parameters.getStaticThreshold();
    return Optional.of(range == 0 ? new Thresholding.None() : new Thresholding.Fixed(range));
  }
}
