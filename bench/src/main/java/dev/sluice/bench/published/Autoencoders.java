package dev.sluice.bench.published;

import dev.sluice.bench.published.Component.WeightedNetwork;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The autoencoders of published latent models. */
final class Autoencoders {

  private Autoencoders() {}

  /**
   * Stable Diffusion's, which SDXL and DiT have with weights of their own.
   *
   * @param sampleSize pixels of the pictures that it was trained on
   */
  static WeightedNetwork stableDiffusion(int sampleSize, double scaling) {
    return kl(List.of(128, 256, 512, 512), Keys.of("scaling_factor", scaling), sampleSize, 4);
  }

  /** Stable Diffusion 3's: sixteen channels, shifted, without the 1x1 convolutions between. */
  static WeightedNetwork stableDiffusion3() {
    return kl(
        List.of(128, 256, 512, 512),
        Keys.of(
            "force_upcast",
            true,
            "latents_mean",
            null,
            "latents_std",
            null,
            "scaling_factor",
            1.5305,
            "shift_factor",
            0.0609,
            "use_post_quant_conv",
            false,
            "use_quant_conv",
            false),
        1024,
        16);
  }

  /** The x4 upscaler's, which makes a latent four times as large, not eight. */
  static WeightedNetwork upscaler() {
    return kl(List.of(128, 256, 512), Keys.of("scaling_factor", 0.08333), 256, 4);
  }

  /** Kandinsky's MoVQ (Zheng et al. 2022). */
  static WeightedNetwork movq() {
    return new WeightedNetwork(
        "diffusers",
        "VQModel",
        Keys.of(
            "act_fn", "silu",
            "block_out_channels", List.of(128, 256, 256, 512),
            "down_block_types",
                List.of(
                    "DownEncoderBlock2D",
                    "DownEncoderBlock2D",
                    "DownEncoderBlock2D",
                    "AttnDownEncoderBlock2D"),
            "in_channels", 3,
            "latent_channels", 4,
            "layers_per_block", 2,
            "norm_num_groups", 32,
            "norm_type", "spatial",
            "num_vq_embeddings", 16384,
            "out_channels", 3,
            "sample_size", 32,
            "scaling_factor", 0.18215,
            "up_block_types",
                List.of(
                    "AttnUpDecoderBlock2D",
                    "UpDecoderBlock2D",
                    "UpDecoderBlock2D",
                    "UpDecoderBlock2D"),
            "vq_embed_dim", 4),
        1);
  }

  private static WeightedNetwork kl(
      List<Integer> channels, Map<String, Object> own, int sampleSize, int latentChannels) {
    Map<String, Object> config =
        Keys.of(
            "act_fn",
            "silu",
            "block_out_channels",
            channels,
            "down_block_types",
            Collections.nCopies(channels.size(), "DownEncoderBlock2D"),
            "in_channels",
            3,
            "latent_channels",
            latentChannels,
            "layers_per_block",
            2,
            "norm_num_groups",
            32,
            "out_channels",
            3,
            "sample_size",
            sampleSize,
            "up_block_types",
            Collections.nCopies(channels.size(), "UpDecoderBlock2D"));
    config.putAll(own);
    return new WeightedNetwork("diffusers", "AutoencoderKL", config, 1);
  }
}
