package dev.sluice.trainer.train;

import java.util.regex.Pattern;

/**
 * Fine-tuning of little: matrices stay as they are, and to each is added the product of two small
 * ones, {@code W + alpha / rank B A}, of which B begins at zero (Hu et al. 2021, eq. 3).
 *
 * @param rank of the product
 * @param alpha how much it counts
 * @param targets the layers that get one, by the end of their names
 */
public record LowRank(int rank, double alpha, Pattern targets) {

  /** The queries, keys, values and results of attention, as is usual. */
  public static final String ATTENTION = "to_q|to_k|to_v|to_out\\.0";

  /** What of {@code name.weight} belongs to the product. */
  static final String DOWN = ".lora_A.weight";

  /** As {@link #DOWN}. */
  static final String UP = ".lora_B.weight";

  private static final String WEIGHT = ".weight";

  /** Checks the numbers. */
  public LowRank {
    if (rank < 1) {
      throw new IllegalArgumentException("the rank is " + rank + "; expected 1 or more");
    }
  }

  /** Of a rank, counting fully. */
  public static LowRank of(int rank, String targets) {
    return new LowRank(rank, rank, Pattern.compile("(^|.*\\.)(" + targets + ")"));
  }

  /** What the product is multiplied with. */
  float scale() {
    return (float) (alpha / rank);
  }

  /** Whether a weight gets a product: the matrix of one of the layers. */
  boolean applies(String weight, long[] shape) {
    return shape.length == 2 && weight.endsWith(WEIGHT) && targets.matcher(layer(weight)).matches();
  }

  static String layer(String weight) {
    return weight.substring(0, weight.length() - WEIGHT.length());
  }

  /** Whether a weight is one of a product. */
  static boolean isPart(String weight) {
    return weight.endsWith(DOWN) || weight.endsWith(UP);
  }
}
