package dev.sluice.serving;

/** How the memory for networks is shared out, in bytes. Not thread-safe. */
final class MemoryBudget {

  private final long total;
  private long weights;
  private long work;

  MemoryBudget(long total) {
    this.total = total;
  }

  long total() {
    return total;
  }

  long used() {
    return weights + work;
  }

  long weights() {
    return weights;
  }

  /** Whether so much more goes in. */
  boolean fits(long bytes) {
    return bytes <= total - weights - work;
  }

  void holdWeights(long bytes) {
    weights += bytes;
  }

  void dropWeights(long bytes) {
    weights -= bytes;
  }

  void beginWork(long bytes) {
    work += bytes;
  }

  void endWork(long bytes) {
    work -= bytes;
  }
}
