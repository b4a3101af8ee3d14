package dev.sluice.catalog.loading;

/**
 * In which precision a network's weights lie in memory. It always computes in float32: weights kept
 * in half precision are widened on their way into each operation.
 */
public enum WeightPrecision {
  /** Widened once, when they are loaded. */
  FLOAT32,
  /** As the file has them: float16 and bfloat16 stay what they are. */
  STORED,
  /** {@link #STORED} from {@link #LARGE} values on, else {@link #FLOAT32}. */
  BY_SIZE;

  /**
   * From so many values on a network counts as large: 1 GiB in float32. Below, memory is not what
   * is short, and a text encoder of CLIP's size would widen its weights for few tokens.
   */
  public static final long LARGE = 1L << 28;

  /**
   * The precision that a name means.
   *
   * @param name {@code stored}, {@code float32}, or {@code auto} for {@link #BY_SIZE}
   * @throws IllegalArgumentException for any other name
   */
  public static WeightPrecision named(String name) {
    return switch (name) {
      case "float32" -> FLOAT32;
      case "stored" -> STORED;
      case "auto" -> BY_SIZE;
      default ->
          throw new IllegalArgumentException(
              "unknown precision of weights '" + name + "'; expected stored, float32 or auto");
    };
  }

  /** Whether a network of so many values keeps them in the file's precision. */
  public boolean keepsStored(long values) {
    return this == STORED || this == BY_SIZE && values >= LARGE;
  }
}
