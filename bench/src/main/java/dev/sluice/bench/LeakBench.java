package dev.sluice.bench;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.pipeline.UnClipPipeline;
import dev.sluice.pipeline.UnClipRequest;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.Sampling;
import java.nio.file.Path;
import java.util.List;

/** Whether memory stays where it is: many generations in one process, with the resident memory. */
public final class LeakBench {

  private static final int GENERATIONS = 500;
  private static final int WARM_UP = 50;
  private static final int REPORT_EVERY = 50;

  private LeakBench() {}

  /** Arguments: an unCLIP's folder. */
  public static void main(String[] args) throws InterruptedException {
    Sampling sampling = Sampling.of(10, 3);
    Sampling upscaling = Sampling.ofSteps(5);
    try (UnClipPipeline model =
        UnClipPipeline.load(ModelFolder.open(Path.of(args[0])), BatchLimit.DEFAULT)) {
      long afterWarmUp = 0;
      for (int i = 1; i <= GENERATIONS; i++) {
        // Every prompt is new, so that the cache of texts turns over as well.
        UnClipRequest request =
            new UnClipRequest(
                "a red circle, number " + i,
                "",
                i,
                sampling,
                sampling,
                List.of(upscaling, upscaling));
        model.generate(request, part -> StepListener.NONE);
        if (i % REPORT_EVERY == 0) {
          System.gc();
          System.out.printf(
              "%3d generations: %d MB resident%n", i, ResidentMemory.currentBytes() >> 20);
        }
        if (i == WARM_UP) {
          afterWarmUp = ResidentMemory.currentBytes();
        }
      }
      System.out.printf(
          "growth from generation %d to %d: %.1f MB%n",
          WARM_UP, GENERATIONS, (ResidentMemory.currentBytes() - afterWarmUp) / 1048576.0);
    }
  }
}
