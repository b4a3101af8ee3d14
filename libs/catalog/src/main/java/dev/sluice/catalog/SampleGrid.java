package dev.sluice.catalog;

import java.util.List;

/**
 * Which extents of a sample a denoiser's network can work on.
 *
 * @param multiple both are multiples of this
 * @param most the largest; {@link Integer#MAX_VALUE} where the network knows no positions
 */
public record SampleGrid(int multiple, int most) {

  /** Of a model's denoiser. */
  public static SampleGrid of(ModelFolder model) {
    Config config = model.config(model.pipeline().denoiser().component());
    int multiple = multiple(config);
    int positions = config.integer("pos_embed_max_size", 0);
    return new SampleGrid(multiple, positions > 0 ? positions * multiple : Integer.MAX_VALUE);
  }

  /**
   * Transformers cut samples into patches. A UNet halves them between its blocks, and those that
   * double them again in residual blocks, or that were made for one size only ({@code
   * UNet2DModel}), cannot reach an odd size; others stop at the size of the skip connection.
   */
  private static int multiple(Config config) {
    int patch = config.integer("patch_size", 0);
    if (patch > 0) {
      return patch;
    }
    int levels = Math.max(1, config.integers("block_out_channels", List.of()).size());
    return config.string("_class_name", "").equals("UNet2DModel") || doublesInBlocks(config)
        ? 1 << levels - 1
        : 1;
  }

  private static boolean doublesInBlocks(Config config) {
    return config.strings("up_block_types", List.of()).stream()
        .anyMatch(block -> block.startsWith("Resnet") || block.startsWith("Simple"));
  }

  /** Whether a sample may have this extent. */
  public boolean takes(int extent) {
    return extent >= 1 && extent % multiple == 0 && extent <= most;
  }

  /** {@code multiples of 2 up to 64}, for instance. */
  @Override
  public String toString() {
    return "multiples of " + multiple + (most == Integer.MAX_VALUE ? "" : " up to " + most);
  }
}
