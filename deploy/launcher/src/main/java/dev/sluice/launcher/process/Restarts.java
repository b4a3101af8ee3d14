package dev.sluice.launcher.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * How soon a process that has ended is started anew, and when there is no hope left: after a
 * second, and after twice as long each further time, until it has ended three times within a minute
 * or six times within ten.
 */
public final class Restarts {

  private static final int FEW = 3;
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final int MANY = 6;
  private static final Duration WITHIN = Duration.ofMinutes(10);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final Deque<Long> ends = new ArrayDeque<>();
  private boolean waiting;
  private long due;

  /** Whether an end has been taken notice of and no new start since. */
  public boolean isWaiting() {
    return waiting;
  }

  /**
   * Takes notice of an end.
   *
   * @return how long to wait before the new start; empty where there is no hope
   */
  public Optional<Duration> ended(long nanoTime) {
    ends.removeIf(end -> nanoTime - end > WITHIN.toNanos());
    ends.add(nanoTime);
    long lately = ends.stream().filter(end -> nanoTime - end <= SOON.toNanos()).count();
    if (lately >= FEW || ends.size() >= MANY) {
      return Optional.empty();
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << (ends.size() - 1));
    waiting = true;
    due = nanoTime + pause.toNanos();
    return Optional.of(pause);
  }

  /** Whether the pause is over. */
  public boolean isDue(long nanoTime) {
    return waiting && nanoTime - due >= 0;
  }

  /** Takes notice of the new start. */
  public void started() {
    waiting = false;
  }
}
