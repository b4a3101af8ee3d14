package dev.sluice.networks.block;

/** How a residual block takes in the time embedding: a config's {@code resnet_time_scale_shift}. */
public enum TimeConditioning {
  /** Added to the features before the second norm (Ho et al. 2020, appendix B). */
  SHIFT,
  /** Scales and shifts the normalised features (Dhariwal and Nichol 2021, eq. 5: AdaGN). */
  SCALE_SHIFT;

  /** The kind that a config names {@code default} or {@code scale_shift}. */
  public static TimeConditioning named(String name) {
    return switch (name) {
      case "default" -> SHIFT;
      case "scale_shift" -> SCALE_SHIFT;
      default ->
          throw new IllegalArgumentException(
              "unknown resnet_time_scale_shift '" + name + "'; known: default, scale_shift");
    };
  }
}
