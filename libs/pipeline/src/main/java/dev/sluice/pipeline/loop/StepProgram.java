package dev.sluice.pipeline.loop;

import dev.sluice.pipeline.batch.Ask;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.guidance.GuidanceInterval;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What each step of a {@link DenoiseLoop} asks: the denoiser first, then whoever corrects its
 * answer.
 *
 * @param guidance of each picture
 * @param interval the steps at which it guides and corrections are made
 * @param cache of features that steps share; of one loop only
 * @param corrections asked one after the other; what they say is true at once
 * @param denoiser which network a step asks; null for the one that the loop was handed to
 * @param end the step before which the loop ends
 */
public record StepProgram(
    List<Guidance> guidance,
    GuidanceInterval interval,
    FeatureCache cache,
    List<Correction> corrections,
    IntFunction<StepBatcher> denoiser,
    int end) {

  /** One question a step, to the end of the plan. */
  public static StepProgram of(List<Guidance> guidance, GuidanceInterval interval) {
    return new StepProgram(
        guidance, interval, new FeatureCache(1), List.of(), step -> null, Integer.MAX_VALUE);
  }

  /** The same, reusing features between steps. */
  public StepProgram caching(FeatureCache features) {
    return new StepProgram(guidance, interval, features, corrections, denoiser, end);
  }

  /** The same with corrections of the denoiser's answers. */
  public StepProgram corrected(List<Correction> by) {
    return new StepProgram(guidance, interval, cache, by, denoiser, end);
  }

  /** The same with networks that take over from each other. */
  public StepProgram asking(IntFunction<StepBatcher> network) {
    return new StepProgram(guidance, interval, cache, corrections, network, end);
  }

  /** The same up to an earlier end, where another model takes over. */
  public StepProgram until(int step) {
    return new StepProgram(guidance, interval, cache, corrections, denoiser, step);
  }

  Ask ask(int step, List<Row> rows) {
    StepBatcher batcher = denoiser.apply(step);
    return batcher == null ? new Ask(rows) : new Ask(batcher, rows);
  }

  /** Whether the denoiser's answer at a step is only the beginning. */
  boolean corrects(int step) {
    return !corrections.isEmpty() && interval.contains(step);
  }
}
