package dev.sluice.bench;

/** Wall-clock time since its making, in seconds. */
final class Stopwatch {

  private final long start = System.nanoTime();

  double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }
}
