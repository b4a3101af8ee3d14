package dev.sluice.bench.published;

import dev.sluice.bench.published.Component.WeightedNetwork;

/** Transformers that denoise, and what makes conditions of embeddings, in their published sizes. */
final class Transformers {

  private Transformers() {}

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
}
