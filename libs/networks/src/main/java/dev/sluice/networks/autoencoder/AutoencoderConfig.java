package dev.sluice.networks.autoencoder;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Activation;
import java.util.List;

/**
 * What {@code AutoencoderKL} and {@code VQModel} configs have in common.
 *
 * @param inChannels of the picture that is encoded
 * @param outChannels of the picture that is decoded
 * @param latentChannels of the latent
 * @param blockOutChannels channels of each level, finest first
 * @param downBlockTypes {@code DownEncoderBlock2D} or {@code AttnDownEncoderBlock2D}, finest first
 * @param upBlockTypes {@code UpDecoderBlock2D} or {@code AttnUpDecoderBlock2D}, coarsest first
 * @param layersPerBlock residual blocks of an encoder level; a decoder level has one more
 * @param normGroups groups of the group norms
 * @param activation between norm and convolution
 * @param midAttention whether the middle has an attention layer
 */
record AutoencoderConfig(
    int inChannels,
    int outChannels,
    int latentChannels,
    List<Integer> blockOutChannels,
    List<String> downBlockTypes,
    List<String> upBlockTypes,
    int layersPerBlock,
    int normGroups,
    Activation activation,
    boolean midAttention) {

  static AutoencoderConfig of(Config config, int defaultLatentChannels) {
    AutoencoderConfig result =
        new AutoencoderConfig(
            config.count("in_channels", 3),
            config.count("out_channels", 3),
            config.count("latent_channels", defaultLatentChannels),
            config.counts("block_out_channels", List.of(64)),
            config.strings("down_block_types", List.of("DownEncoderBlock2D")),
            config.strings("up_block_types", List.of("UpDecoderBlock2D")),
            config.count("layers_per_block", 1),
            config.count("norm_num_groups", 32),
            Activation.named(config.string("act_fn", "silu")),
            config.bool("mid_block_add_attention", true));
    int levels = result.blockOutChannels.size();
    if (result.downBlockTypes.size() != levels || result.upBlockTypes.size() != levels) {
      throw new IllegalArgumentException(
          "%s: block_out_channels has %d levels, down_block_types %d and up_block_types %d; they must agree"
              .formatted(
                  config.origin(),
                  levels,
                  result.downBlockTypes.size(),
                  result.upBlockTypes.size()));
    }
    return result;
  }

  /** The same blocks between pictures of other channels. */
  AutoencoderConfig ofChannels(int in, int out) {
    return new AutoencoderConfig(
        in,
        out,
        latentChannels,
        blockOutChannels,
        downBlockTypes,
        upBlockTypes,
        layersPerBlock,
        normGroups,
        activation,
        midAttention);
  }

  /**
   * Blocks of the same kind that halve feature maps once more, and double them again.
   *
   * @param channels of those maps
   * @param coarse channels at half their resolution
   */
  AutoencoderConfig halving(int channels, int coarse) {
    return new AutoencoderConfig(
        channels,
        channels,
        latentChannels,
        List.of(channels, coarse),
        List.of("DownEncoderBlock2D", "DownEncoderBlock2D"),
        List.of("UpDecoderBlock2D", "UpDecoderBlock2D"),
        layersPerBlock,
        normGroups,
        activation,
        midAttention);
  }

  /** How many pixels of the picture one latent pixel stands for, per side. */
  int downscale() {
    return 1 << (blockOutChannels.size() - 1);
  }
}
