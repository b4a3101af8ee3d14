package dev.sluice.bench;

import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.local.LocalRun;
import java.nio.file.Path;

/** Whether memory stays where it is: many generations in one process, with the resident memory. */
public final class LeakBench {

  private static final int GENERATIONS = 500;
  private static final int WARM_UP = 50;
  private static final int REPORT_EVERY = 50;

  private LeakBench() {}

  /** Arguments: an unCLIP's folder. */
  public static void main(String[] args) {
    SamplingSettings sampling = Asked.sampling(10, 3);
    try (LocalRun model = LocalRun.of(Path.of(args[0]))) {
      long afterWarmUp = 0;
      for (int i = 1; i <= GENERATIONS; i++) {
        // Every prompt is new, so that the cache of texts turns over as well.
        model.generate(Asked.picture("a red circle, number " + i, i, sampling, sampling, 5));
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
