package dev.sluice.bench.published;

import dev.sluice.bench.published.Component.WeightedNetwork;
import java.util.List;
import java.util.Map;

/** Stable Diffusion's UNets of latents, in their published sizes. */
final class LatentUnets {

  private static final String CROSS_DOWN = "CrossAttnDownBlock2D";
  private static final String CROSS_UP = "CrossAttnUpBlock2D";
  private static final String DOWN = "DownBlock2D";
  private static final String UP = "UpBlock2D";

  private LatentUnets() {}

  static WeightedNetwork stableDiffusion15() {
    return WeightedNetwork.unet(
        latent(List.of(320, 640, 1280, 1280), 64),
        "attention_head_dim",
        8,
        "cross_attention_dim",
        768);
  }

  static WeightedNetwork stableDiffusion21() {
    return WeightedNetwork.unet(
        latent(List.of(320, 640, 1280, 1280), 96),
        "attention_head_dim",
        List.of(5, 10, 20, 20),
        "cross_attention_dim",
        1024,
        "use_linear_projection",
        true,
        "upcast_attention",
        true);
  }

  /**
   * SDXL (Podell et al. 2023).
   *
   * @param sampleSize of latents: 128, and 64 for Turbo
   */
  static WeightedNetwork stableDiffusionXl(int sampleSize) {
    return WeightedNetwork.unet(
        latent(List.of(320, 640, 1280), sampleSize),
        "down_block_types",
        List.of(DOWN, CROSS_DOWN, CROSS_DOWN),
        "up_block_types",
        List.of(CROSS_UP, CROSS_UP, UP),
        "addition_embed_type",
        "text_time",
        "addition_time_embed_dim",
        256,
        "attention_head_dim",
        List.of(5, 10, 20),
        "cross_attention_dim",
        2048,
        "projection_class_embeddings_input_dim",
        2816,
        "transformer_layers_per_block",
        List.of(1, 2, 10),
        "use_linear_projection",
        true);
  }

  static WeightedNetwork stableDiffusionXlRefiner() {
    return WeightedNetwork.unet(
        latent(List.of(384, 768, 1536, 1536), 128),
        "down_block_types",
        List.of(DOWN, CROSS_DOWN, CROSS_DOWN, DOWN),
        "up_block_types",
        List.of(UP, CROSS_UP, CROSS_UP, UP),
        "addition_embed_type",
        "text_time",
        "addition_time_embed_dim",
        256,
        "attention_head_dim",
        List.of(6, 12, 24, 24),
        "cross_attention_dim",
        1280,
        "projection_class_embeddings_input_dim",
        2560,
        "transformer_layers_per_block",
        4,
        "use_linear_projection",
        true);
  }

  /** Takes the small picture beside the latents, and how much noise is on it as a class. */
  static WeightedNetwork upscaler() {
    return WeightedNetwork.unet(
        latent(List.of(256, 512, 512, 1024), 128),
        "down_block_types",
        List.of(DOWN, CROSS_DOWN, CROSS_DOWN, CROSS_DOWN),
        "up_block_types",
        List.of(CROSS_UP, CROSS_UP, CROSS_UP, UP),
        "attention_head_dim",
        8,
        "cross_attention_dim",
        1024,
        "in_channels",
        7,
        "num_class_embeds",
        1000,
        "only_cross_attention",
        List.of(true, true, true, false),
        "use_linear_projection",
        true);
  }

  private static Map<String, Object> latent(List<Integer> channels, int sampleSize) {
    return Keys.of(
        "act_fn",
        "silu",
        "block_out_channels",
        channels,
        "center_input_sample",
        false,
        "down_block_types",
        List.of(CROSS_DOWN, CROSS_DOWN, CROSS_DOWN, DOWN),
        "downsample_padding",
        1,
        "flip_sin_to_cos",
        true,
        "freq_shift",
        0,
        "in_channels",
        4,
        "layers_per_block",
        2,
        "mid_block_scale_factor",
        1,
        "norm_eps",
        1e-5,
        "norm_num_groups",
        32,
        "out_channels",
        4,
        "sample_size",
        sampleSize,
        "up_block_types",
        List.of(UP, CROSS_UP, CROSS_UP, CROSS_UP));
  }
}
