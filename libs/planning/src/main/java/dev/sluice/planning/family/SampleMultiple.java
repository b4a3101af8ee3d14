package dev.sluice.planning.family;

import dev.sluice.catalog.Config;
import java.util.List;

/** What the sides of a denoiser's samples must be multiples of. */
final class SampleMultiple {

  private SampleMultiple() {}

  /**
   * Transformers cut samples into patches. A UNet halves them between its blocks, and those that
   * double them again in residual blocks, or that were made for one size only ({@code
   * UNet2DModel}), cannot reach an odd size; others stop at the size of the skip connection.
   *
   * @param config of the denoiser
   */
  static int of(Config config) {
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
}
