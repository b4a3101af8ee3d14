package dev.sluice.networks.tokenizer;

/** How the bindings to native tokenizers are loaded. */
final class NativeLibraries {

  private static final String OFFLINE = "ai.djl.offline";

  private NativeLibraries() {}

  /**
   * Keeps DJL to the CPU library inside its jar: otherwise it would fetch another where it sees a
   * GPU, and look for its cloud's metadata. Call before DJL's classes are used. A setting of the
   * user's own is left alone.
   */
  static void useBundled() {
    if (System.getProperty(OFFLINE) == null) {
      System.setProperty(OFFLINE, "true");
    }
  }
}
