package dev.sluice.pipeline.request;

import dev.sluice.diffusion.sampling.SamplingPlan;
import java.util.OptionalDouble;

/** Which steps of a plan a request runs, counted as diffusers counts. */
public final class Steps {

  private Steps() {}

  /**
   * The first step of image to image; of {@code strength * steps} steps, rounded down, as many are
   * run.
   *
   * @throws IllegalArgumentException if none would be left
   */
  public static int skippedByStrength(SamplingPlan plan, DenoiseRequest request) {
    int asked = request.sampling().steps();
    double strength = request.span().strength();
    int run = Math.min((int) (asked * strength), asked);
    int skipped = Math.max(asked - run, 0) * plan.questionsPerStep();
    if (skipped >= plan.length()) {
      throw new IllegalArgumentException(
          "a strength of %s leaves none of the %d steps".formatted(strength, asked));
    }
    return skipped;
  }

  /**
   * How many timesteps of a plan stand for noise above the share {@code share} of the schedule; of
   * samplers that ask more than once a step, as many as make whole steps.
   */
  public static int above(SamplingPlan plan, double share, int trainTimesteps) {
    long cutoff = Math.round(trainTimesteps - share * trainTimesteps);
    int count = 0;
    for (float timestep : plan.timesteps()) {
      if (timestep >= cutoff) {
        count++;
      }
    }
    return count - count % plan.questionsPerStep();
  }

  /** The step before which the loop ends, given where another model takes over. */
  public static int end(SamplingPlan plan, OptionalDouble end, int trainTimesteps) {
    return end.isPresent() && end.getAsDouble() > 0 && end.getAsDouble() < 1
        ? above(plan, end.getAsDouble(), trainTimesteps)
        : plan.length();
  }
}
