package dev.sluice.pipeline.loop;

import java.util.Optional;

/** Stops a loop before a step and keeps its trail. */
public record StoppingListener(LoopTrail trail, int before) implements StepListener {

  @Override
  public Optional<LoopState> beginning(ResumableLoop loop) {
    return trail.begin(loop);
  }

  @Override
  public void afterStep(int step, int steps, ResumableLoop loop) {
    trail.stepped();
    if (step == before) {
      throw new IllegalStateException("stopped");
    }
  }
}
