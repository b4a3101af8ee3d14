package dev.sluice.catalog.loading;

/**
 * In which precision a network multiplies: its matrix products and convolutions, those of attention
 * among them. Norms, softmax, activations, sums, and layers of one vector a row (the embedding of
 * the timestep) are float32 at any rate.
 */
public enum Precision {
  FLOAT32("float32"),
  /** Factors of 8 bits; sums are float32 inside a product and rounded once at its end. */
  BFLOAT16("bfloat16");

  private final String label;

  Precision(String label) {
    this.label = label;
  }

  /**
   * The precision that a name means on this machine.
   *
   * @param name {@code float32}, {@code bfloat16}, or {@code auto} for bfloat16 where the processor
   *     multiplies it faster
   * @throws IllegalArgumentException for any other name
   */
  public static Precision named(String name) {
    return switch (name) {
      case "float32" -> FLOAT32;
      case "bfloat16" -> BFLOAT16;
      case "auto" -> Processor.multipliesBfloat16() ? BFLOAT16 : FLOAT32;
      default ->
          throw new IllegalArgumentException(
              "unknown precision '" + name + "'; expected float32, bfloat16 or auto");
    };
  }

  /** The name that {@link #named} knows. */
  public String label() {
    return label;
  }
}
