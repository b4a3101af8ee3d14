package dev.sluice.bench.published;

import dev.sluice.bench.published.Component.WeightedNetwork;
import java.util.Map;

/** The text and image encoders that published pipelines share, in their sizes. */
final class TextNetworks {

  private static final int CLIP_TOKENS = 49408;

  private TextNetworks() {}

  /** CLIP ViT-L/14 (Radford et al. 2021), states only. */
  static WeightedNetwork clipL() {
    return clipText("CLIPTextModel", clipLConfig());
  }

  /** CLIP ViT-L/14 with its projection to the embeddings that pictures share. */
  static WeightedNetwork clipLProjected() {
    return clipText("CLIPTextModelWithProjection", clipLConfig());
  }

  /** OpenCLIP ViT-H/14 without its last layer, as Stable Diffusion 2 has it. */
  static WeightedNetwork clipH() {
    return clipText("CLIPTextModel", textConfig(1024, 23, 16, "gelu", 512));
  }

  /** OpenCLIP ViT-bigG/14 (Cherti et al. 2022) with its projection. */
  static WeightedNetwork clipBigG() {
    return clipText("CLIPTextModelWithProjection", textConfig(1280, 32, 20, "gelu", 1280));
  }

  /** The image tower of OpenCLIP ViT-bigG/14. */
  static WeightedNetwork clipBigGVision() {
    return new WeightedNetwork(
        "transformers",
        "CLIPVisionModelWithProjection",
        Keys.of(
            "hidden_act", "gelu",
            "hidden_size", 1664,
            "image_size", 224,
            "intermediate_size", 8192,
            "layer_norm_eps", 1e-5,
            "model_type", "clip_vision_model",
            "num_attention_heads", 16,
            "num_channels", 3,
            "num_hidden_layers", 48,
            "patch_size", 14,
            "projection_dim", 1280),
        1);
  }

  /** The encoder of T5 1.1 XXL (Raffel et al. 2020). */
  static WeightedNetwork t5Xxl() {
    return new WeightedNetwork(
        "transformers",
        "T5EncoderModel",
        Keys.of(
            "d_ff", 10240,
            "d_kv", 64,
            "d_model", 4096,
            "decoder_start_token_id", 0,
            "dense_act_fn", "gelu_new",
            "dropout_rate", 0.1,
            "eos_token_id", 1,
            "feed_forward_proj", "gated-gelu",
            "is_encoder_decoder", true,
            "is_gated_act", true,
            "layer_norm_epsilon", 1e-6,
            "model_type", "t5",
            "num_decoder_layers", 24,
            "num_heads", 64,
            "num_layers", 24,
            "pad_token_id", 0,
            "relative_attention_max_distance", 128,
            "relative_attention_num_buckets", 32,
            "tie_word_embeddings", false,
            "vocab_size", 32128),
        2);
  }

  private static WeightedNetwork clipText(String className, Map<String, Object> config) {
    return new WeightedNetwork("transformers", className, config, 1);
  }

  private static Map<String, Object> clipLConfig() {
    return textConfig(768, 12, 12, "quick_gelu", 768);
  }

  private static Map<String, Object> textConfig(
      int width, int layers, int heads, String activation, int projection) {
    return Keys.of(
        "bos_token_id",
        0,
        // Published configs say 2, and mean the largest id.
        "eos_token_id",
        2,
        "hidden_act",
        activation,
        "hidden_size",
        width,
        "intermediate_size",
        4 * width,
        "layer_norm_eps",
        1e-5,
        "max_position_embeddings",
        77,
        "model_type",
        "clip_text_model",
        "num_attention_heads",
        heads,
        "num_hidden_layers",
        layers,
        "pad_token_id",
        1,
        "projection_dim",
        projection,
        "vocab_size",
        CLIP_TOKENS);
  }
}
