package dev.sluice.stage;

import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A stage whose tasks end only by being stopped. It tells when the first has begun. */
final class Endless implements StageWork {

  private static final int STEP_MILLIS = 20;

  final CountDownLatch begun = new CountDownLatch(1);
  final AtomicInteger steps = new AtomicInteger();

  static StageResult denoise(Task task, StageContext context) {
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
