package dev.sluice.bench.published;

import dev.sluice.bench.published.Component.WeightedNetwork;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The networks that denoise, and the priors, in their published sizes. */
final class Denoisers {

  private static final String CROSS_DOWN = "CrossAttnDownBlock2D";
  private static final String CROSS_UP = "CrossAttnUpBlock2D";
  private static final String DOWN = "DownBlock2D";
  private static final String UP = "UpBlock2D";
  private static final String SIMPLE_DOWN = "SimpleCrossAttnDownBlock2D";
  private static final String SIMPLE_UP = "SimpleCrossAttnUpBlock2D";
  private static final String RESNET_DOWN = "ResnetDownsampleBlock2D";
  private static final String RESNET_UP = "ResnetUpsampleBlock2D";

  private Denoisers() {}

  static WeightedNetwork stableDiffusion15() {
    return unet(
        latent(List.of(320, 640, 1280, 1280), 64),
        "attention_head_dim",
        8,
        "cross_attention_dim",
        768);
  }

  static WeightedNetwork stableDiffusion21() {
    return unet(
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
    return unet(
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
    return unet(
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
    return unet(
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

  /** Stable Diffusion 3 medium's transformer (Esser et al. 2024). */
  static WeightedNetwork stableDiffusion3Medium() {
    return new WeightedNetwork(
        "diffusers",
        "SD3Transformer2DModel",
        Keys.of(
            "attention_head_dim", 64,
            "caption_projection_dim", 1536,
            "in_channels", 16,
            "joint_attention_dim", 4096,
            "num_attention_heads", 24,
            "num_layers", 24,
            "out_channels", 16,
            "patch_size", 2,
            "pooled_projection_dim", 2048,
            "pos_embed_max_size", 192,
            "sample_size", 128),
        1);
  }

  /** DiT-XL/2 for pictures of 256x256 (Peebles and Xie 2023). */
  static WeightedNetwork ditXl() {
    return new WeightedNetwork(
        "diffusers",
        "Transformer2DModel",
        Keys.of(
            "activation_fn",
            "gelu-approximate",
            "attention_bias",
            true,
            "attention_head_dim",
            72,
            "cross_attention_dim",
            null,
            "double_self_attention",
            false,
            "in_channels",
            4,
            "norm_elementwise_affine",
            false,
            "norm_num_groups",
            32,
            "norm_type",
            "ada_norm_zero",
            "num_attention_heads",
            16,
            "num_embeds_ada_norm",
            1000,
            "num_layers",
            28,
            "only_cross_attention",
            false,
            "out_channels",
            8,
            "patch_size",
            2,
            "sample_size",
            32,
            "upcast_attention",
            false,
            "use_linear_projection",
            false),
        1);
  }

  /** Karlo's decoder, an unCLIP (Ramesh et al. 2022). */
  static WeightedNetwork karloDecoder() {
    return unet(
        pixels(List.of(320, 640, 960, 1280), 64),
        "act_fn",
        "silu",
        "class_embed_type",
        "identity",
        "cross_attention_dim",
        1536);
  }

  /** Karlo's super-resolution; two of them. */
  static WeightedNetwork karloSuperResolution() {
    return new WeightedNetwork(
        "diffusers",
        "UNet2DModel",
        Keys.of(
            "act_fn",
            "silu",
            "add_attention",
            false,
            "block_out_channels",
            List.of(320, 640, 960, 1280),
            "down_block_types",
            Collections.nCopies(4, RESNET_DOWN),
            "in_channels",
            6,
            "layers_per_block",
            3,
            "out_channels",
            3,
            "resnet_time_scale_shift",
            "scale_shift",
            "sample_size",
            256,
            "up_block_types",
            Collections.nCopies(4, RESNET_UP)),
        1);
  }

  /** What turns unCLIP's embeddings into its decoder's conditions. */
  static WeightedNetwork karloTextProjection() {
    return new WeightedNetwork(
        "unclip",
        "UnCLIPTextProjModel",
        Keys.of(
            "clip_embeddings_dim", 768,
            "clip_extra_context_tokens", 4,
            "cross_attention_dim", 1536,
            "time_embed_dim", 1280),
        1);
  }

  /**
   * The prior of unCLIP, of Karlo's and Kandinsky's size.
   *
   * @param width of the embeddings
   */
  static WeightedNetwork prior(int width) {
    return new WeightedNetwork(
        "diffusers",
        "PriorTransformer",
        Keys.of(
            "additional_embeddings", 4,
            "attention_head_dim", 64,
            "dropout", 0.0,
            "embedding_dim", width,
            "num_attention_heads", 32,
            "num_embeddings", 77,
            "num_layers", 20),
        1);
  }

  /** Kandinsky 2.2's, a latent model that starts from a picture's embedding. */
  static WeightedNetwork kandinsky22() {
    return unet(
        pixels(List.of(384, 768, 1152, 1536), 64),
        "act_fn",
        "silu",
        "addition_embed_type",
        "image",
        "cross_attention_dim",
        768,
        "encoder_hid_dim",
        1280,
        "encoder_hid_dim_type",
        "image_proj",
        "in_channels",
        4,
        "out_channels",
        8);
  }

  /** DeepFloyd IF's base model of 4.3 billion parameters. */
  static WeightedNetwork deepFloydXl() {
    return unet(deepFloyd(List.of(704, 1408, 2112, 2816), 64), "cross_attention_dim", 2816);
  }

  /**
   * DeepFloyd IF's smaller super-resolution to 256x256. Its card gives 450 million parameters, and
   * that it is Imagen's efficient UNet (Saharia et al. 2022, appendix F.1): most layers lie in the
   * smaller maps, only the smallest attends, to the text alone. Channels and layers are chosen here
   * to come to that number.
   */
  static WeightedNetwork deepFloydSuperResolution() {
    return unet(
        deepFloyd(List.of(128, 256, 512, 768), 256),
        "class_embed_type",
        "timestep",
        "cross_attention_dim",
        768,
        "down_block_types",
        List.of(RESNET_DOWN, RESNET_DOWN, RESNET_DOWN, SIMPLE_DOWN),
        "in_channels",
        6,
        "layers_per_block",
        List.of(2, 4, 6, 6),
        "mid_block_scale_factor",
        1.41421356237,
        "only_cross_attention",
        true,
        "resnet_out_scale_factor",
        1.41421356237,
        "resnet_skip_time_act",
        true,
        "time_embedding_act_fn",
        "gelu",
        "time_embedding_dim",
        768,
        "up_block_types",
        List.of(SIMPLE_UP, RESNET_UP, RESNET_UP, RESNET_UP));
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

  private static Map<String, Object> pixels(List<Integer> channels, int sampleSize) {
    return Keys.of(
        "attention_head_dim",
        64,
        "block_out_channels",
        channels,
        "down_block_types",
        List.of(RESNET_DOWN, SIMPLE_DOWN, SIMPLE_DOWN, SIMPLE_DOWN),
        "in_channels",
        3,
        "layers_per_block",
        3,
        "mid_block_type",
        "UNetMidBlock2DSimpleCrossAttn",
        "out_channels",
        6,
        "resnet_time_scale_shift",
        "scale_shift",
        "sample_size",
        sampleSize,
        "up_block_types",
        List.of(SIMPLE_UP, SIMPLE_UP, SIMPLE_UP, RESNET_UP));
  }

  private static Map<String, Object> deepFloyd(List<Integer> channels, int sampleSize) {
    return Keys.with(
        pixels(channels, sampleSize),
        "act_fn",
        "gelu",
        "addition_embed_type",
        "text",
        "addition_embed_type_num_heads",
        64,
        "cross_attention_norm",
        "group_norm",
        "encoder_hid_dim",
        4096,
        "encoder_hid_dim_type",
        "text_proj");
  }

  private static WeightedNetwork unet(Map<String, Object> base, Object... own) {
    return new WeightedNetwork("diffusers", "UNet2DConditionModel", Keys.with(base, own), 1);
  }
}
