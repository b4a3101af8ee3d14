package dev.sluice.networks.unet;

/** What the levels of a UNet are made of, by the names that configs use. */
enum BlockKind {
  /** Residual blocks; resampling by a convolution. */
  PLAIN("DownBlock2D", "UpBlock2D"),
  /** Residual blocks; resampling inside a residual block. */
  RESNET("ResnetDownsampleBlock2D", "ResnetUpsampleBlock2D"),
  /** Residual blocks and self-attention. */
  ATTENTION("AttnDownBlock2D", "AttnUpBlock2D"),
  /** Residual blocks and spatial transformers; resampling by a convolution. */
  CROSS_ATTENTION("CrossAttnDownBlock2D", "CrossAttnUpBlock2D"),
  /** Residual blocks and added-key attention; resampling inside a residual block. */
  SIMPLE_CROSS_ATTENTION("SimpleCrossAttnDownBlock2D", "SimpleCrossAttnUpBlock2D");

  private static final String OLD_PREFIX = "UNetRes";

  private final String downName;
  private final String upName;

  BlockKind(String downName, String upName) {
    this.downName = downName;
    this.upName = upName;
  }

  /** The kind of a {@code down_block_types} or {@code up_block_types} entry. */
  static BlockKind named(String name) {
    String current = name.startsWith(OLD_PREFIX) ? name.substring(OLD_PREFIX.length()) : name;
    StringBuilder known = new StringBuilder();
    for (BlockKind kind : values()) {
      if (current.equals(kind.downName) || current.equals(kind.upName)) {
        return kind;
      }
      known
          .append(known.isEmpty() ? "" : ", ")
          .append(kind.downName)
          .append(", ")
          .append(kind.upName);
    }
    throw new IllegalArgumentException("unknown block type " + name + "; known: " + known);
  }

  /** Whether resampling happens inside a residual block. */
  boolean resamplesInResnet() {
    return this == RESNET || this == SIMPLE_CROSS_ATTENTION;
  }
}
