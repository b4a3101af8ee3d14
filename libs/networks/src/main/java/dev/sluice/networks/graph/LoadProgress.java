package dev.sluice.networks.graph;

/** Is told how far a network's loading is. Calls come from one thread at a time. */
@FunctionalInterface
public interface LoadProgress {

  /** Nobody listens. */
  LoadProgress NONE = (bytes, total) -> {};

  /**
   * So many of the file's bytes are in memory.
   *
   * @param bytes never falls
   * @param total what there is to read; the last call has {@code bytes == total}
   */
  void loaded(long bytes, long total);
}
