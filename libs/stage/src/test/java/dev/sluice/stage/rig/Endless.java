package dev.sluice.stage.rig;

import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.work.StageContext;
import dev.sluice.stage.work.StageStoppedException;
import dev.sluice.stage.work.StageWork;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A stage whose tasks end only by being stopped. It tells when the first has begun. */
public final class Endless implements StageWork {

  private static final int STEP_MILLIS = 20;

  public final CountDownLatch begun = new CountDownLatch(1);
  public final AtomicInteger steps = new AtomicInteger();

  public static StageResult denoise(Task task, StageContext context) {
    return new Endless().run(task, context);
  }

  @Override
  public StageResult run(Task task, StageContext context) {
    for (int step = 0; ; step++) {
      context.progress(step, Integer.MAX_VALUE);
      begun.countDown();
      steps.incrementAndGet();
      try {
        Thread.sleep(STEP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StageStoppedException(StageStoppedException.Reason.SHUTDOWN);
      }
    }
  }
}
