package dev.sluice.trainer.unclip;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The configs of the model's components, as they are written beside the weights. */
public final class ShapesUnclip {

  static final int EMBEDDING = 128;
  static final int PICTURE = 64;
  static final int BASE = 16;
  static final int MIDDLE = 32;

  private static final int TIME_WIDTH = 192;
  private static final int CONTEXT_WIDTH = 128;

  private ShapesUnclip() {}

  static Map<String, Object> textEncoder() {
    ShapesVocabulary vocabulary = new ShapesVocabulary();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("CLIPTextModelWithProjection"));
    config.put("model_type", "clip_text_model");
    config.put("vocab_size", vocabulary.size());
    config.put("hidden_size", EMBEDDING);
    config.put("intermediate_size", 4 * EMBEDDING);
    config.put("projection_dim", EMBEDDING);
    config.put("num_hidden_layers", 4);
    config.put("num_attention_heads", 4);
    config.put("max_position_embeddings", ShapesVocabulary.MAX_LENGTH);
    config.put("hidden_act", "quick_gelu");
    config.put("layer_norm_eps", 1e-5);
    config.put("bos_token_id", vocabulary.startId());
    config.put("eos_token_id", vocabulary.endId());
    config.put("pad_token_id", vocabulary.endId());
    return config;
  }

  static Map<String, Object> imageEncoder() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("CLIPVisionModelWithProjection"));
    config.put("model_type", "clip_vision_model");
    config.put("image_size", PICTURE);
    config.put("patch_size", 8);
    config.put("num_channels", 3);
    config.put("hidden_size", EMBEDDING);
    config.put("intermediate_size", 4 * EMBEDDING);
    config.put("projection_dim", EMBEDDING);
    config.put("num_hidden_layers", 4);
    config.put("num_attention_heads", 4);
    config.put("hidden_act", "quick_gelu");
    config.put("layer_norm_eps", 1e-5);
    return config;
  }

  static Map<String, Object> prior() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", "PriorTransformer");
    config.put("num_attention_heads", 4);
    config.put("attention_head_dim", 40);
    config.put("num_layers", 6);
    config.put("embedding_dim", EMBEDDING);
    config.put("num_embeddings", ShapesVocabulary.MAX_LENGTH);
    config.put("additional_embeddings", 4);
    config.put("dropout", 0.0);
    return config;
  }

  static Map<String, Object> autoregressivePrior() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", "AutoregressivePrior");
    config.put("num_attention_heads", 4);
    config.put("attention_head_dim", 40);
    config.put("num_layers", 6);
    config.put("embedding_dim", EMBEDDING);
    config.put("num_embeddings", ShapesVocabulary.MAX_LENGTH);
    config.put("clip_embed_dim", EMBEDDING);
    config.put("num_codes", 48);
    config.put("num_buckets", 32);
    config.put("num_similarities", 2);
    return config;
  }

  static Map<String, Object> textProjection() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", "UnCLIPTextProjModel");
    config.put("clip_extra_context_tokens", 4);
    config.put("clip_embeddings_dim", EMBEDDING);
    config.put("time_embed_dim", TIME_WIDTH);
    config.put("cross_attention_dim", CONTEXT_WIDTH);
    return config;
  }

  static Map<String, Object> decoder() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", "UNet2DConditionModel");
    config.put("sample_size", BASE);
    config.put("in_channels", 3);
    config.put("out_channels", 6);
    config.put("block_out_channels", List.of(48, 96, 128));
    config.put("layers_per_block", 2);
    config.put(
        "down_block_types",
        List.of(
            "ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D", "SimpleCrossAttnDownBlock2D"));
    config.put("mid_block_type", "UNetMidBlock2DSimpleCrossAttn");
    config.put(
        "up_block_types",
        List.of("SimpleCrossAttnUpBlock2D", "SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"));
    config.put("attention_head_dim", 32);
    config.put("cross_attention_dim", CONTEXT_WIDTH);
    config.put("class_embed_type", "identity");
    config.put("resnet_time_scale_shift", "scale_shift");
    config.put("norm_num_groups", 16);
    return config;
  }

  /**
   * A super-resolution network. {@code class_embed_type = timestep} tells it how much noise the
   * small picture carries.
   */
  static Map<String, Object> superResolution(int size, List<Integer> channels) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", "UNet2DModel");
    config.put("sample_size", size);
    config.put("in_channels", 6);
    config.put("out_channels", 3);
    config.put("block_out_channels", channels);
    config.put("layers_per_block", 1);
    config.put(
        "down_block_types",
        java.util.Collections.nCopies(channels.size(), "ResnetDownsampleBlock2D"));
    config.put(
        "up_block_types", java.util.Collections.nCopies(channels.size(), "ResnetUpsampleBlock2D"));
    config.put("attention_head_dim", 32);
    config.put("class_embed_type", "timestep");
    config.put("add_attention", false);
    config.put("resnet_time_scale_shift", "scale_shift");
    config.put("norm_num_groups", 8);
    config.put("norm_eps", 1e-5);
    return config;
  }

  static Map<String, Object> superResolutionFirst() {
    return superResolution(MIDDLE, List.of(32, 64, 96));
  }

  static Map<String, Object> superResolutionLast() {
    return superResolution(PICTURE, List.of(24, 48, 64));
  }

  static Map<String, Object> scheduler(String prediction, String variance, double clipRange) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("_class_name", "UnCLIPScheduler");
    config.put("num_train_timesteps", Noise.TIMESTEPS);
    config.put("beta_schedule", "squaredcos_cap_v2");
    config.put("prediction_type", prediction);
    config.put("variance_type", variance);
    config.put("clip_sample", true);
    config.put("clip_sample_range", clipRange);
    return config;
  }

  /** Writes everything of the model folder but the weights. */
  static void writeConfigs(Path folder) throws IOException {
    new ShapesVocabulary().write(folder.resolve("tokenizer"));
    write(folder.resolve("text_encoder/config.json"), textEncoder());
    write(folder.resolve("image_encoder/config.json"), imageEncoder());
    write(folder.resolve("feature_extractor/preprocessor_config.json"), featureExtractor());
    write(folder.resolve("prior/config.json"), prior());
    write(folder.resolve("text_proj/config.json"), textProjection());
    write(folder.resolve("decoder/config.json"), decoder());
    write(folder.resolve("super_res_first/config.json"), superResolutionFirst());
    write(folder.resolve("super_res_last/config.json"), superResolutionLast());
    write(
        folder.resolve("prior_scheduler/scheduler_config.json"),
        scheduler("sample", "fixed_small_log", 5.0));
    write(
        folder.resolve("decoder_scheduler/scheduler_config.json"),
        scheduler("sample", "learned_range", 1.0));
    write(
        folder.resolve("super_res_scheduler/scheduler_config.json"),
        scheduler("sample", "fixed_small_log", 1.0));
    write(folder.resolve("model_index.json"), modelIndex());
    write(folder.resolve("sampling_defaults.json"), samplingDefaults());
  }

  /**
   * Writes the config of what diffusers' unCLIP does not have; the model is complete without, so it
   * must not lie there before its weights do.
   */
  static void writeAutoregressivePriorConfig(Path folder) throws IOException {
    write(folder.resolve("autoregressive_prior/config.json"), autoregressivePrior());
  }

  /** What {@code evaluate} found good; our gateway samples so when a request says nothing. */
  private static Map<String, Object> samplingDefaults() {
    Map<String, Object> defaults = new LinkedHashMap<>();
    defaults.put("prior", Map.of("steps", 15, "guidance_scale", 2.0));
    defaults.put("autoregressive_prior", Map.of("guidance_scale", 2.0));
    defaults.put("denoiser", Map.of("steps", 20, "guidance_scale", 2.0));
    defaults.put("upscaler", Map.of("steps", 7));
    return defaults;
  }

  private static Map<String, Object> featureExtractor() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("feature_extractor_type", "CLIPFeatureExtractor");
    config.put("image_processor_type", "CLIPImageProcessor");
    config.put("size", Map.of("shortest_edge", PICTURE));
    config.put("crop_size", Map.of("height", PICTURE, "width", PICTURE));
    config.put("do_normalize", true);
    config.put("image_mean", List.of(0.5, 0.5, 0.5));
    config.put("image_std", List.of(0.5, 0.5, 0.5));
    return config;
  }

  private static Map<String, Object> modelIndex() {
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("_class_name", "UnCLIPPipeline");
    index.put("max_noise_level", SuperResolutionObjective.MAX_LEVEL);
    index.put("decoder", List.of("diffusers", "UNet2DConditionModel"));
    index.put("decoder_scheduler", List.of("diffusers", "UnCLIPScheduler"));
    index.put("prior", List.of("diffusers", "PriorTransformer"));
    index.put("prior_scheduler", List.of("diffusers", "UnCLIPScheduler"));
    index.put("super_res_first", List.of("diffusers", "UNet2DModel"));
    index.put("super_res_last", List.of("diffusers", "UNet2DModel"));
    index.put("super_res_scheduler", List.of("diffusers", "UnCLIPScheduler"));
    index.put("text_encoder", List.of("transformers", "CLIPTextModelWithProjection"));
    index.put("text_proj", List.of("unclip", "UnCLIPTextProjModel"));
    index.put("tokenizer", List.of("transformers", "CLIPTokenizer"));
    return index;
  }

  private static void write(Path file, Map<String, Object> config) throws IOException {
    Files.createDirectories(file.getParent());
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    Files.writeString(file, json.writeValueAsString(config) + "\n");
  }
}
