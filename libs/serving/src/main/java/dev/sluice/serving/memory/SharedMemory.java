package dev.sluice.serving.memory;

import dev.sluice.stage.status.Neighbours;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The memory of the machine, as far as other processes leave any, in bytes. What a request waits
 * for is asked of the {@link Neighbours}, who let go of weights that they do not use. Safe for use
 * by several threads.
 */
public final class SharedMemory {

  /** What stays free, for all that is no network. */
  private static final long RESERVE = 256L << 20;

  /** How long neighbours are waited for who could let go and do not. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Who asks asks again within this, or does not want it any more. */
  private static final Duration LAPSE = Duration.ofSeconds(1);

  private final LongSupplier available;
  private final LongSupplier nanoTime;
  private final Runnable changed;
  private Neighbours neighbours = Neighbours.none();
  private long wanted;
  private long waitingSince;
  private long askedAt;

  /**
   * @param available what the machine could give now, in bytes
   * @param changed told when what is wanted is another, so that the neighbours hear of it
   */
  public SharedMemory(LongSupplier available, Runnable changed) {
    this(available, System::nanoTime, changed);
  }

  SharedMemory(LongSupplier available, LongSupplier nanoTime, Runnable changed) {
    this.available = available;
    this.nanoTime = nanoTime;
    this.changed = changed;
  }

  /** From now on others are asked. */
  public synchronized void meet(Neighbours neighbours) {
    this.neighbours = neighbours;
  }

  /** What is free for networks and their work. */
  public long free() {
    return Math.max(0, available.getAsLong() - RESERVE);
  }

  /**
   * Asks the neighbours for memory. To be called again and again while it is waited for.
   *
   * @param bytes that are to be free
   * @return whether to go on waiting: the neighbours are at work, or have had little time
   */
  public synchronized boolean ask(long bytes) {
    long now = nanoTime.getAsLong();
    if (!neighbours.exist()) {
      return false;
    }
    if (wanted() == 0 || neighbours.work()) {
      waitingSince = now;
    }
    askedAt = now;
    want(bytes + RESERVE);
    return now - waitingSince < PATIENCE.toNanos();
  }

  /** Nothing is waited for any more. */
  public synchronized void settled() {
    want(0);
  }

  private void want(long bytes) {
    if (wanted != bytes) {
      wanted = bytes;
      changed.run();
    }
  }

  /** What the neighbours are asked to leave free. */
  public synchronized long wanted() {
    return nanoTime.getAsLong() - askedAt < LAPSE.toNanos() ? wanted : 0;
  }

  /** Whether the neighbours wait for more than is free, and come first. */
  public synchronized boolean isWantedByOthers() {
    return neighbours.wanted(wanted() > 0) > available.getAsLong();
  }
}
