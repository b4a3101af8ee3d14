package dev.sluice.pipeline.loop;

import dev.sluice.pipeline.batch.Claim;
import java.util.Optional;

/**
 * Watches an image being denoised and can stop it. Called on a batcher's threads, one at a time,
 * between two steps that others in the batch wait for as well: be quick.
 */
public interface StepListener {

  /** Hears nothing and stops nothing. */
  StepListener NONE = new StepListener() {};

  /** Who waits for the image. */
  default Claim claim() {
    return Claim.ANYBODYS;
  }

  /**
   * Called when a loop is about to begin, on the thread that begins it.
   *
   * @param loop before its first step, to be read during the later calls only
   * @return where an earlier attempt at the same loop stopped, to go on from there; empty to begin
   */
  default Optional<LoopState> beginning(ResumableLoop loop) {
    return Optional.empty();
  }

  /**
   * Called before each step. An exception thrown here ends this image and reaches whoever waits for
   * it; cancellation and deadlines work by it.
   */
  default void beforeStep() {}

  /**
   * Called after each step.
   *
   * @param step how many steps are made, 1 to {@code steps}
   * @param steps how many there are
   * @param loop after the step, to be read only during this call
   */
  default void afterStep(int step, int steps, ResumableLoop loop) {}

  /** This listener for one of several loops in a row, of {@code steps} steps in all. */
  default StepListener within(int stepsBefore, int steps) {
    StepListener whole = this;
    return new StepListener() {
      @Override
      public Claim claim() {
        return whole.claim();
      }

      @Override
      public Optional<LoopState> beginning(ResumableLoop loop) {
        return whole.beginning(loop);
      }

      @Override
      public void beforeStep() {
        whole.beforeStep();
      }

      @Override
      public void afterStep(int step, int ofLoop, ResumableLoop loop) {
        whole.afterStep(stepsBefore + step, steps, loop);
      }
    };
  }
}
