package dev.sluice.trainer.data;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Batches that are each of one bucket, such as pictures of one aspect ratio (Podell et al. 2023,
 * "SDXL", section 2.3). In a round every bucket has as many batches as its entries fill, in some
 * order, and its entries come in {@link Shuffled} order, all once before one comes again. What a
 * batch is depends on the seed and its number alone.
 */
public final class BucketOrder {

  private final int rows;
  private final Shuffled[] entries;

  /** Batches of each bucket in a round. */
  private final int[] batches;

  /** In which order buckets have their turns. */
  private final Shuffled turns;

  private long round = -1;
  private int[] buckets;
  private int[] before;

  /**
   * A batch.
   *
   * @param bucket its number
   * @param entries of the bucket, each from 0 to its count
   */
  public record Batch(int bucket, int[] entries) {}

  /**
   * @param counts of the entries of each bucket, at least 1
   * @param rows of a batch
   */
  public BucketOrder(int[] counts, int rows, long seed) {
    this.rows = rows;
    this.entries =
        IntStream.range(0, counts.length)
            .mapToObj(bucket -> new Shuffled(counts[bucket], seed + bucket))
            .toArray(Shuffled[]::new);
    this.batches = Arrays.stream(counts).map(count -> Math.max(1, count / rows)).toArray();
    this.turns = new Shuffled(Arrays.stream(batches).sum(), seed);
  }

  /** How many buckets. */
  public int buckets() {
    return entries.length;
  }

  /** Of which bucket a batch is. */
  public synchronized int bucket(long number) {
    int turn = turn(number);
    return buckets[turn];
  }

  /** A batch. */
  public synchronized Batch batch(long number) {
    int turn = turn(number);
    int bucket = buckets[turn];
    long own = round * batches[bucket] + before[turn];
    return new Batch(bucket, entries[bucket].batch(own, rows));
  }

  /** The batch's turn in its round, whose order is known then. */
  private int turn(long number) {
    int all = Arrays.stream(batches).sum();
    if (number / all != round) {
      round = number / all;
      int[] order = turns.batch(round, all);
      int[] ends = batches.clone();
      Arrays.parallelPrefix(ends, Integer::sum);
      int[] taken = new int[batches.length];
      buckets = new int[all];
      before = new int[all];
      for (int i = 0; i < all; i++) {
        int bucket = 0;
        while (order[i] >= ends[bucket]) {
          bucket++;
        }
        buckets[i] = bucket;
        before[i] = taken[bucket]++;
      }
    }
    return (int) (number % all);
  }
}
