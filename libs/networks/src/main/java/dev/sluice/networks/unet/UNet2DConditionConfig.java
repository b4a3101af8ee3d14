package dev.sluice.networks.unet;

import dev.sluice.catalog.Config;
import dev.sluice.networks.block.TimeConditioning;
import dev.sluice.networks.layer.Activation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The config of {@link UNet2DConditionModel}, with diffusers' defaults for what an old file does
 * not say. Lists have one entry per level, finest first, unless said otherwise.
 *
 * @param inChannels of the noisy latent, with whatever it is conditioned on
 * @param outChannels of the prediction
 * @param centerInput whether the input comes in [0, 1] and is to be brought to [-1, 1]
 * @param convInKernel side of the first convolution
 * @param convOutKernel side of the last convolution
 * @param cosineFirst order of the timestep's sinusoids
 * @param frequencyShift of the timestep's sinusoids
 * @param timeWidth of the time embedding
 * @param timeActivation applied once to the whole embedding
 * @param timePostActivation applied at the end of the timestep's part
 * @param timeConditionWidth of the input {@code timestep_cond}; 0 for none
 * @param downBlocks kinds of the levels
 * @param upBlocks kinds of the levels, coarsest first
 * @param middle {@code UNetMidBlock2DCrossAttn}, {@code UNetMidBlock2DSimpleCrossAttn}, {@code
 *     UNetMidBlock2D} or {@code none}
 * @param channels of the levels
 * @param layers residual blocks of the levels, going down
 * @param middleScale divides the sums in the middle
 * @param downsamplePadding of the downsampling convolutions
 * @param activation of the residual blocks and the time embedding
 * @param groups of the group norms
 * @param epsilon of the residual blocks' group norms
 * @param time how residual blocks take in the time embedding
 * @param skipTimeActivation whether the blocks that resample in a residual block take the time
 *     embedding as it is
 * @param resnetScale divides the sums in those blocks
 * @param headCounts heads of the spatial transformers
 * @param headSizes channels per head of the other attentions
 * @param transformerLayers for each level, transformer blocks after each residual block going down
 * @param upTransformerLayers the same going up, coarsest first
 * @param onlyContext whether the pixels do not attend to themselves
 * @param middleOnlyContext the same in the middle
 * @param linearProjection whether spatial transformers project by linear layers
 * @param contextNorm {@code cross_attention_norm}; null for none
 * @param contextWidth of the tokens attended to
 * @param contextProjection {@code text_proj}, {@code image_proj} or {@code none}
 * @param contextInputWidth of what is projected
 * @param classEmbedding {@code table}, {@code timestep}, {@code identity}, {@code projection},
 *     {@code simple_projection} or {@code none}
 * @param classes rows of the class table
 * @param concatenateClass whether the class embedding is appended to the time embedding, not added
 * @param projectionInputWidth of the projected class label, or of the projected additional
 *     embedding
 * @param additionEmbedding {@code text}, {@code text_time}, {@code image} or {@code none}
 * @param additionHeads of the pooling for {@code text}
 * @param additionTimeWidth of the sinusoids for each of {@code time_ids}
 */
record UNet2DConditionConfig(
    int inChannels,
    int outChannels,
    boolean centerInput,
    int convInKernel,
    int convOutKernel,
    boolean cosineFirst,
    double frequencyShift,
    int timeWidth,
    Activation timeActivation,
    Activation timePostActivation,
    int timeConditionWidth,
    List<BlockKind> downBlocks,
    List<BlockKind> upBlocks,
    String middle,
    List<Integer> channels,
    List<Integer> layers,
    double middleScale,
    int downsamplePadding,
    Activation activation,
    int groups,
    double epsilon,
    TimeConditioning time,
    boolean skipTimeActivation,
    double resnetScale,
    List<Integer> headCounts,
    List<Integer> headSizes,
    List<List<Integer>> transformerLayers,
    List<List<Integer>> upTransformerLayers,
    List<Boolean> onlyContext,
    boolean middleOnlyContext,
    boolean linearProjection,
    String contextNorm,
    int contextWidth,
    String contextProjection,
    int contextInputWidth,
    String classEmbedding,
    int classes,
    boolean concatenateClass,
    int projectionInputWidth,
    String additionEmbedding,
    int additionHeads,
    int additionTimeWidth) {

  private static final List<String> DOWN =
      List.of(
          "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D");
  private static final List<String> UP =
      List.of("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D");

  static UNet2DConditionConfig of(Config config) {
    refuseUnserved(config);
    List<Integer> channels = config.counts("block_out_channels", List.of(320, 640, 1280, 1280));
    int levels = channels.size();
    List<BlockKind> down = kinds(config.strings("down_block_types", DOWN));
    List<BlockKind> up = kinds(config.strings("up_block_types", UP));
    checkLevels(config, channels, down, up);
    List<Integer> layers = perLevel(config, "layers_per_block", levels, 2);
    List<Boolean> onlyContext = config.bools("only_cross_attention", levels, false);
    checkLength(config, "only_cross_attention", onlyContext, levels);
    boolean middleOnlyContext =
        config.bool(
            "mid_block_only_cross_attention",
            !config.isList("only_cross_attention") && config.bool("only_cross_attention", false));
    // diffusers' naming issue 2011: for spatial transformers attention_head_dim is how many heads.
    String headCountKey =
        config.has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim";
    return new UNet2DConditionConfig(
        config.count("in_channels", 4),
        config.count("out_channels", 4),
        config.bool("center_input_sample", false),
        config.count("conv_in_kernel", 3),
        config.count("conv_out_kernel", 3),
        config.bool("flip_sin_to_cos", true),
        config.number("freq_shift", 0),
        config.count("time_embedding_dim", 4 * channels.get(0)),
        Activation.named(config.string("time_embedding_act_fn", "identity")),
        Activation.named(config.string("timestep_post_act", "identity")),
        config.integer("time_cond_proj_dim", 0),
        down,
        up,
        config.isNull("mid_block_type")
            ? "none"
            : config.string("mid_block_type", "UNetMidBlock2DCrossAttn"),
        channels,
        layers,
        config.number("mid_block_scale_factor", 1),
        config.integer("downsample_padding", 1),
        Activation.named(config.string("act_fn", "silu")),
        config.count("norm_num_groups", 32),
        config.number("norm_eps", 1e-5),
        TimeConditioning.named(config.string("resnet_time_scale_shift", "default")),
        config.bool("resnet_skip_time_act", false),
        config.number("resnet_out_scale_factor", 1),
        perLevel(config, headCountKey, levels, 8),
        perLevel(config, "attention_head_dim", levels, 8),
        transformerLayers(config, layers),
        upTransformerLayers(config, layers),
        onlyContext,
        middleOnlyContext,
        config.bool("use_linear_projection", false),
        config.string("cross_attention_norm", null),
        perLevel(config, "cross_attention_dim", levels, 1280).get(0),
        config.string("encoder_hid_dim_type", config.has("encoder_hid_dim") ? "text_proj" : "none"),
        config.integer("encoder_hid_dim", 0),
        config.string("class_embed_type", config.has("num_class_embeds") ? "table" : "none"),
        config.integer("num_class_embeds", 0),
        config.bool("class_embeddings_concat", false),
        config.integer("projection_class_embeddings_input_dim", 0),
        config.string("addition_embed_type", "none"),
        config.integer("addition_embed_type_num_heads", 64),
        config.integer("addition_time_embed_dim", 0));
  }

  /** The width of the embedding that residual blocks see. */
  int embeddingWidth() {
    return concatenateClass ? 2 * timeWidth : timeWidth;
  }

  private static List<BlockKind> kinds(List<String> names) {
    return names.stream().map(BlockKind::named).toList();
  }

  private static List<Integer> perLevel(Config config, String key, int levels, int whenAbsent) {
    List<Integer> values = config.counts(key, levels, whenAbsent);
    checkLength(config, key, values, levels);
    return values;
  }

  /** {@code transformer_layers_per_block} is a number, or a list per level of numbers or lists. */
  private static List<List<Integer>> transformerLayers(Config config, List<Integer> layers) {
    Object value = config.asMap().get("transformer_layers_per_block");
    return expand(config, "transformer_layers_per_block", value, layers);
  }

  private static List<List<Integer>> upTransformerLayers(Config config, List<Integer> layers) {
    List<Integer> upLayers = new ArrayList<>(layers.stream().map(n -> n + 1).toList());
    Collections.reverse(upLayers);
    Object value = config.asMap().get("reverse_transformer_layers_per_block");
    if (value != null) {
      return expand(config, "reverse_transformer_layers_per_block", value, upLayers);
    }
    value = config.asMap().get("transformer_layers_per_block");
    if (value instanceof List<?> list) {
      List<Object> reversed = new ArrayList<>(list);
      Collections.reverse(reversed);
      value = reversed;
    }
    return expand(config, "transformer_layers_per_block", value, upLayers);
  }

  private static List<List<Integer>> expand(
      Config config, String key, Object value, List<Integer> layers) {
    if (value instanceof List<?> list) {
      checkLength(config, key, list, layers.size());
    }
    List<List<Integer>> result = new ArrayList<>();
    for (int level = 0; level < layers.size(); level++) {
      Object entry = value instanceof List<?> list ? list.get(level) : value;
      List<Integer> counts = new ArrayList<>();
      for (int layer = 0; layer < layers.get(level); layer++) {
        Object count = entry;
        if (entry instanceof List<?> perLayer) {
          checkLength(config, key + "[" + level + "]", perLayer, layers.get(level));
          count = perLayer.get(layer);
        }
        if (count != null && !(count instanceof Integer)) {
          throw new IllegalArgumentException(
              "%s: %s must hold integers, found %s".formatted(config.origin(), key, count));
        }
        counts.add(count == null ? 1 : (Integer) count);
      }
      result.add(List.copyOf(counts));
    }
    return List.copyOf(result);
  }

  static void checkLevels(
      Config config, List<Integer> channels, List<BlockKind> down, List<BlockKind> up) {
    if (channels.isEmpty() || down.size() != channels.size() || up.size() != channels.size()) {
      throw new IllegalArgumentException(
          "%s: block_out_channels has %d levels, down_block_types %d and up_block_types %d; they must agree"
              .formatted(config.origin(), channels.size(), down.size(), up.size()));
    }
  }

  private static void checkLength(Config config, String key, List<?> values, int expected) {
    if (values.size() != expected) {
      throw new IllegalArgumentException(
          "%s: %s has %d entries, expected %d"
              .formatted(config.origin(), key, values.size(), expected));
    }
  }

  private static void refuseUnserved(Config config) {
    requireOneOf(config, "time_embedding_type", "positional", List.of("positional"));
    requireOneOf(config, "attention_type", "default", List.of("default"));
    requireOneOf(config, "encoder_hid_dim_type", "text_proj", List.of("text_proj", "image_proj"));
    requireOneOf(
        config,
        "class_embed_type",
        "identity",
        List.of("timestep", "identity", "projection", "simple_projection"));
    requireOneOf(config, "addition_embed_type", "text", List.of("text", "text_time", "image"));
    requireOneOf(
        config,
        "mid_block_type",
        "UNetMidBlock2D",
        List.of("UNetMidBlock2DCrossAttn", "UNetMidBlock2DSimpleCrossAttn", "UNetMidBlock2D"));
    if (config.bool("dual_cross_attention", false)) {
      throw new IllegalArgumentException(
          config.origin() + ": dual_cross_attention (Versatile Diffusion) is not served");
    }
  }

  private static void requireOneOf(
      Config config, String key, String whenAbsent, List<String> served) {
    String value = config.string(key, whenAbsent);
    if (!served.contains(value)) {
      throw new IllegalArgumentException(
          "%s: %s '%s' is not served; these are: %s"
              .formatted(config.origin(), key, value, String.join(", ", served)));
    }
  }
}
