package dev.sluice.catalog.loading;

/** Is told how far the loading of networks is. Calls for one network come one after the other. */
@FunctionalInterface
public interface LoadProgress {

  /** Nobody listens. */
  LoadProgress NONE = (network, bytes, total) -> {};

  /**
   * So many of a file's bytes are in memory.
   *
   * @param network such as {@code sd15/unet}
   * @param bytes never falls
   * @param total what there is to read; the last call has {@code bytes == total}
   */
  void loaded(String network, long bytes, long total);
}
