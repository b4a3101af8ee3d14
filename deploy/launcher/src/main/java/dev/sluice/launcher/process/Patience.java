package dev.sluice.launcher.process;

import java.time.Duration;

/**
 * Tells whether a process that is not ready yet is still getting somewhere. It is as long as what
 * it says of itself changes, such as the bytes of a model in memory, or as long as it computes, or
 * would if it got a core; how long that may take depends on the model and on what else the machine
 * does.
 */
public final class Patience {

  /**
   * What is seen of a process from outside.
   *
   * @param cpu how long it has wanted a core so far
   */
  public record Signs(String health, Duration cpu) {}

  private final Duration limit;
  private final Duration busy;
  private Signs last = new Signs("", Duration.ZERO);
  private long movedAt;

  /**
   * Patience from now on.
   *
   * @param limit how long a process may stand still
   * @param busy the time of wanting a core that makes it count as busy, when it takes so much
   *     within the limit: more than a process uses for waiting
   */
  public Patience(Duration limit, Duration busy, long nanoTime) {
    this.limit = limit;
    this.busy = busy;
    this.movedAt = nanoTime;
  }

  /** Whether there has been no progress for longer than the limit. */
  public boolean isOver(Signs now, long nanoTime) {
    boolean moved =
        !now.health().equals(last.health()) || now.cpu().minus(last.cpu()).compareTo(busy) >= 0;
    if (moved) {
      last = now;
      movedAt = nanoTime;
    }
    return nanoTime - movedAt > limit.toNanos();
  }
}
