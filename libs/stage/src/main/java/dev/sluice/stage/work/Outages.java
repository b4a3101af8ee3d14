package dev.sluice.stage.work;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sits out what is no fault of a task. Giving its record back would use up one of its few
 * deliveries, and whoever gets it next would meet the same outage; so it is held, and what failed
 * is tried again, with growing pauses.
 */
public final class Outages {

  private static final Logger LOG = LoggerFactory.getLogger(Outages.class);

  private final Backoff pauses;

  /** With pauses of some seconds at most: the world may be back any time. */
  public Outages() {
    this(Backoff.DEFAULT);
  }

  public Outages(Backoff pauses) {
    this.pauses = pauses;
  }

  /**
   * Waits before a record that met a fault is given back, the longer the more often it did.
   *
   * @param attempt the one that failed, from 1
   */
  public static void pause(int attempt, BooleanSupplier stopping) {
    Backoff.sleep(Backoff.DEFAULT.after(attempt), stopping);
  }

  /**
   * Does what may meet an outage, again and again until it meets none.
   *
   * @param what is being done, for the log
   * @param stopping whether to give up
   * @throws StageStoppedException when told to stop meanwhile
   */
  public <A> A outlast(String what, BooleanSupplier stopping, Supplier<A> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return work.get();
      } catch (OutageException e) {
        if (attempt == 1) {
          LOG.warn("{} waits for the end of an outage: {}", what, e.getMessage());
        }
        Backoff.sleep(pauses.after(attempt), stopping);
        if (stopping.getAsBoolean()) {
          throw new StageStoppedException(StageStoppedException.Reason.SHUTDOWN);
        }
      }
    }
  }
}
