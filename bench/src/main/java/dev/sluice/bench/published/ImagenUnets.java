package dev.sluice.bench.published;

import dev.sluice.bench.published.Component.WeightedNetwork;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** UNets after Imagen's and unCLIP's, most of them of pixels, in their published sizes. */
final class ImagenUnets {

  private static final String SIMPLE_DOWN = "SimpleCrossAttnDownBlock2D";
  private static final String SIMPLE_UP = "SimpleCrossAttnUpBlock2D";
  private static final String RESNET_DOWN = "ResnetDownsampleBlock2D";
  private static final String RESNET_UP = "ResnetUpsampleBlock2D";

  private ImagenUnets() {}

  /** Karlo's decoder, an unCLIP (Ramesh et al. 2022). */
  static WeightedNetwork karloDecoder() {
    return WeightedNetwork.unet(
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

  /** Kandinsky 2.2's, a latent model that starts from a picture's embedding. */
  static WeightedNetwork kandinsky22() {
    return WeightedNetwork.unet(
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
    return WeightedNetwork.unet(
        deepFloyd(List.of(704, 1408, 2112, 2816), 64), "cross_attention_dim", 2816);
  }

  /**
   * DeepFloyd IF's smaller super-resolution to 256x256. Its card gives 450 million parameters, and
   * that it is Imagen's efficient UNet (Saharia et al. 2022, appendix F.1): most layers lie in the
   * smaller maps, only the smallest attends, to the text alone. Channels and layers are chosen here
   * to come to that number.
   */
  static WeightedNetwork deepFloydSuperResolution() {
    return WeightedNetwork.unet(
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
}
