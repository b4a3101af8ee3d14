package dev.sluice.trainer.shapes;

/** Spreads keys over 64 bits, for random streams and for hash tables that must never change. */
final class Mixer {

  private Mixer() {}

  /** Folds values into one well-mixed number (the finalizer of MurmurHash3). */
  static long mix(long... values) {
    long hash = 0x9E3779B97F4A7C15L;
    for (long value : values) {
      hash = (hash ^ value) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 33;
      hash *= 0xFF51AFD7ED558CCDL;
      hash ^= hash >>> 33;
      hash *= 0xC4CEB9FE1A85EC53L;
      hash ^= hash >>> 33;
    }
    return hash;
  }
}
