package dev.sluice.trainer.data;

import java.util.SplittableRandom;

/**
 * Random numbers that depend on a run's seed and on a number within it alone, such as a batch's.
 */
public final class Draws {

  /** Odd and without a pattern, so that the numbers of near seeds are far apart. */
  private static final long APART = 0x9E3779B97F4A7C15L;

  private Draws() {}

  /** Those of a number. */
  public static SplittableRandom of(long seed, long number) {
    return new SplittableRandom(seed * APART + number);
  }
}
