package dev.sluice.serving.memory;

/** How the memory for networks is shared out, in bytes. Not thread-safe. */
public final class MemoryBudget {

  private final long total;
  private long weights;
  private long work;

  /**
   * All of it is free.
   *
   * @param total what networks and their work may take together
   */
  public MemoryBudget(long total) {
    this.total = total;
  }

  public long total() {
    return total;
  }

  /** What weights and work take. */
  public long used() {
    return weights + work;
  }

  public long weights() {
    return weights;
  }

  /** Whether so much more goes in. */
  public boolean fits(long bytes) {
    return bytes <= total - weights - work;
  }

  public void holdWeights(long bytes) {
    weights += bytes;
  }

  public void dropWeights(long bytes) {
    weights -= bytes;
  }

  public void beginWork(long bytes) {
    work += bytes;
  }

  public void endWork(long bytes) {
    work -= bytes;
  }
}
