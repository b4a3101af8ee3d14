package dev.sluice.stage.work;

import java.util.function.LongSupplier;

/**
 * How often a picture's steps are told: a few right away, and then one every so often, however fast
 * steps are made. Thread-safe.
 */
final class Pace {

  private static final int AT_ONCE = 5;
  private static final long PAUSE_NANOS = 200_000_000;

  private final LongSupplier nanoTime;

  /** When all that was told would have been told, at one every so often. */
  private long paidUntil;

  Pace() {
    this(System::nanoTime);
  }

  Pace(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.paidUntil = nanoTime.getAsLong();
  }

  /** Whether one may be told now; if so, it counts as told. */
  synchronized boolean allows() {
    long now = nanoTime.getAsLong();
    if (paidUntil - now < 0) {
      paidUntil = now;
    }
    if (paidUntil - now > (AT_ONCE - 1) * PAUSE_NANOS) {
      return false;
    }
    paidUntil += PAUSE_NANOS;
    return true;
  }
}
