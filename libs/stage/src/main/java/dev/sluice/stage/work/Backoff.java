package dev.sluice.stage.work;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The pauses before a task is tried again: each twice as long as the one before. What is broken may
 * be the world, and that takes longer to mend than a moment.
 *
 * @param first after the first attempt
 * @param longest however many there were
 */
public record Backoff(Duration first, Duration longest) {

  private static final Duration FIRST = Duration.ofMillis(300);

  /** Three quarters of a minute over all attempts. */
  static final Backoff DEFAULT = upTo(Duration.ofSeconds(15));

  private static final int DOUBLINGS = 20;
  private static final long SLICE_MILLIS = 50;

  /** From a moment on. */
  public static Backoff upTo(Duration longest) {
    return new Backoff(FIRST, longest);
  }

  /**
   * @param attempt the one that failed, from 1
   */
  public Duration after(int attempt) {
    Duration pause = first.multipliedBy(1L << Math.min(DOUBLINGS, attempt - 1));
    return pause.compareTo(longest) > 0 ? longest : pause;
  }

  /** Waits, unless and until there is reason not to. */
  public static void sleep(Duration pause, BooleanSupplier stopping) {
    long end = System.nanoTime() + pause.toNanos();
    try {
      while (!stopping.getAsBoolean() && System.nanoTime() < end) {
        Thread.sleep(SLICE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
