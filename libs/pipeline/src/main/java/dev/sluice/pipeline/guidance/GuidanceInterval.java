package dev.sluice.pipeline.guidance;

import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.pipeline.request.GuidanceOptions;
import dev.sluice.pipeline.request.Steps;

/**
 * The steps of a plan that are guided; see {@link GuidanceOptions}.
 *
 * @param from the first of them
 * @param to the first after them
 */
public record GuidanceInterval(int from, int to) {

  /** Every step of any plan. */
  public static final GuidanceInterval ALL = new GuidanceInterval(0, Integer.MAX_VALUE);

  public static GuidanceInterval of(
      SamplingPlan plan, GuidanceOptions options, int trainTimesteps) {
    int from = options.start() == 0 ? 0 : Steps.above(plan, options.start(), trainTimesteps);
    int to = options.end() == 1 ? plan.length() : Steps.above(plan, options.end(), trainTimesteps);
    return new GuidanceInterval(from, to);
  }

  /** What is asked at a step: without guidance only if that leaves something out. */
  public Guidance at(int step, Guidance guidance) {
    return contains(step) ? guidance : guidance.unguided();
  }

  public boolean contains(int step) {
    return step >= from && step < to;
  }
}
