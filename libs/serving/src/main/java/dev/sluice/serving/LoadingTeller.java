package dev.sluice.serving;

import dev.sluice.contract.v1.ComponentLoading;
import dev.sluice.stage.work.StageContext;
import java.util.concurrent.TimeUnit;

/** Tells a waiting task's context how far loading is, now and then. */
final class LoadingTeller {

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final StageContext context;
  private ComponentLoading told;
  private long toldAt;

  LoadingTeller(StageContext context) {
    this.context = context;
  }

  void tell(ComponentLoading loading) {
    long now = System.nanoTime();
    if (loading.getTotal() == 0
        || loading.equals(told)
        || told != null && now - toldAt < PAUSE_NANOS) {
      return;
    }
    told = loading;
    toldAt = now;
    context.loading(loading);
  }
}
