package dev.sluice.serving;

import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.denoise.Previews;
import dev.sluice.pipeline.loop.LoopState;
import dev.sluice.pipeline.loop.LoopTrail;
import dev.sluice.pipeline.loop.ResumableLoop;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.stage.work.StageContext;
import java.util.Optional;

/**
 * Between a loop's steps and a task's context.
 *
 * @param previewEvery a preview every so many steps; 0 for none
 */
record TaskListener(
    StageContext context, int previewEvery, Previews previews, LoopTrail trail, Claim claim)
    implements StepListener {

  @Override
  public Optional<LoopState> beginning(ResumableLoop loop) {
    Optional<LoopState> left = trail.begin(loop);
    context.resumable(trail::toBytes);
    return left;
  }

  @Override
  public void beforeStep() {
    context.check();
  }

  @Override
  public void afterStep(int step, int steps, ResumableLoop loop) {
    trail.stepped();
    context.progress(step, steps);
    if (previewEvery > 0 && step % previewEvery == 0 && step < steps) {
      previews.show(loop.predictedOriginal(), png -> context.preview(step, png));
    }
  }
}
