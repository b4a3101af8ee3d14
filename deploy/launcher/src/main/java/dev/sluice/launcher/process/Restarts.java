package dev.sluice.launcher.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How soon and how often one service is started anew: after a second, and after twice as long each
 * further time, until it has been started too often in a short time to hope for better.
 */
public final class Restarts {

  private static final int MOST = 5;
  private static final Duration WITHIN = Duration.ofMinutes(10);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final Deque<Long> starts = new ArrayDeque<>();
  private boolean waiting;
  private long due;

  /** Whether there is hope. */
  public boolean permits(long nanoTime) {
    starts.removeIf(start -> nanoTime - start > WITHIN.toNanos());
    return starts.size() < MOST;
  }

  /** Takes notice of the end of a process; returns whether it is news. */
  public boolean notice(long nanoTime) {
    if (waiting) {
      return false;
    }
    waiting = true;
    due = nanoTime + FIRST_PAUSE.toNanos() * (1L << starts.size());
    return true;
  }

  /** Whether the pause is over. */
  public boolean isDue(long nanoTime) {
    return waiting && nanoTime - due >= 0;
  }

  /** Takes notice of a new start. */
  public void started(long nanoTime) {
    waiting = false;
    starts.add(nanoTime);
  }
}
