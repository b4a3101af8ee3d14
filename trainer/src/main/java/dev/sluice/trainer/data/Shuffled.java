package dev.sluice.trainer.data;

import java.util.SplittableRandom;

/**
 * All of a set once, in some order, then all once in another, without end. Which one comes at a
 * place depends on the seed and the place alone.
 */
public final class Shuffled {

  private final int count;
  private final long seed;
  private long epoch = -1;
  private int[] order;

  /**
   * @param count of the set, at least 1
   */
  public Shuffled(int count, long seed) {
    if (count < 1) {
      throw new DataException("there is nothing to train with: the set is empty");
    }
    this.count = count;
    this.seed = seed;
  }

  /** Those of a batch. */
  public synchronized int[] batch(long number, int rows) {
    int[] chosen = new int[rows];
    for (int row = 0; row < rows; row++) {
      chosen[row] = at(number * rows + row);
    }
    return chosen;
  }

  private int at(long place) {
    if (place / count != epoch) {
      epoch = place / count;
      order = permutation(Draws.of(seed, epoch));
    }
    return order[(int) (place % count)];
  }

  /** Durstenfeld 1964, algorithm 235. */
  private int[] permutation(SplittableRandom random) {
    int[] permutation = new int[count];
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      permutation[i] = permutation[other];
      permutation[other] = i;
    }
    return permutation;
  }
}
