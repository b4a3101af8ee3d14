package dev.sluice.networks.unet;

import dev.sluice.catalog.Config;
import dev.sluice.networks.block.TimeConditioning;
import dev.sluice.networks.layer.Activation;
import java.util.Collections;
import java.util.List;

/**
 * The config of {@link UNet2DModel}, with diffusers' defaults for what an old file does not say.
 *
 * @param inChannels of the noisy picture, with whatever it is conditioned on
 * @param outChannels of the prediction
 * @param centerInput whether the input comes in [0, 1] and is to be brought to [-1, 1]
 * @param cosineFirst order of the timestep's sinusoids
 * @param frequencyShift of the timestep's sinusoids
 * @param timeWidth of the time embedding
 * @param downBlocks kinds of the levels, finest first
 * @param upBlocks kinds of the levels, coarsest first
 * @param channels of the levels, finest first
 * @param layers residual blocks of a level
 * @param hasMiddle whether there is a middle at all
 * @param middleAttention whether the middle has self-attention
 * @param middleScale divides the sums in the middle
 * @param downsamplePadding of the downsampling convolutions
 * @param resnetDownsampling whether levels with attention resample in a residual block, going down
 * @param resnetUpsampling the same, going up
 * @param activation of the residual blocks
 * @param headSize channels per attention head; 0 for one head over all channels
 * @param groups of the group norms
 * @param middleAttentionGroups of the norm before the middle's attention; 0 for no norm
 * @param epsilon of the group norms
 * @param time how residual blocks take in the time embedding
 * @param classEmbedding {@code timestep}, {@code identity}, {@code table} or {@code none}
 * @param classes rows of the class table
 */
record UNet2DConfig(
    int inChannels,
    int outChannels,
    boolean centerInput,
    boolean cosineFirst,
    double frequencyShift,
    int timeWidth,
    List<BlockKind> downBlocks,
    List<BlockKind> upBlocks,
    List<Integer> channels,
    int layers,
    boolean hasMiddle,
    boolean middleAttention,
    double middleScale,
    int downsamplePadding,
    boolean resnetDownsampling,
    boolean resnetUpsampling,
    Activation activation,
    int headSize,
    int groups,
    int middleAttentionGroups,
    double epsilon,
    TimeConditioning time,
    String classEmbedding,
    int classes) {

  static UNet2DConfig of(Config config) {
    return of(
        config,
        kinds(
            config,
            "up_block_types",
            List.of("AttnUpBlock2D", "AttnUpBlock2D", "AttnUpBlock2D", "UpBlock2D")));
  }

  /** As {@link #of(Config)}, of a network that has the way down only. */
  static UNet2DConfig ofEncoder(Config config) {
    return of(config, Collections.nCopies(channels(config).size(), BlockKind.PLAIN));
  }

  private static List<Integer> channels(Config config) {
    return config.counts("block_out_channels", List.of(224, 448, 672, 896));
  }

  private static UNet2DConfig of(Config config, List<BlockKind> upBlocks) {
    List<Integer> channels = channels(config);
    TimeConditioning time =
        TimeConditioning.named(config.string("resnet_time_scale_shift", "default"));
    int groups = config.count("norm_num_groups", 32);
    UNet2DConfig result =
        new UNet2DConfig(
            config.count("in_channels", 3),
            config.count("out_channels", 3),
            config.bool("center_input_sample", false),
            config.bool("flip_sin_to_cos", true),
            config.number("freq_shift", 0),
            config.count("time_embedding_dim", 4 * channels.get(0)),
            kinds(
                config,
                "down_block_types",
                List.of("DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D")),
            upBlocks,
            channels,
            config.count("layers_per_block", 2),
            !config.isNull("mid_block_type"),
            config.bool("add_attention", true),
            config.number("mid_block_scale_factor", 1),
            config.integer("downsample_padding", 1),
            config.string("downsample_type", "conv").equals("resnet"),
            config.string("upsample_type", "conv").equals("resnet"),
            Activation.named(config.string("act_fn", "silu")),
            config.isNull("attention_head_dim") ? 0 : config.count("attention_head_dim", 8),
            groups,
            config.integer("attn_norm_num_groups", time == TimeConditioning.SHIFT ? groups : 0),
            config.number("norm_eps", 1e-5),
            time,
            config.string("class_embed_type", config.has("num_class_embeds") ? "table" : "none"),
            config.integer("num_class_embeds", 0));
    result.check(config);
    return result;
  }

  private static List<BlockKind> kinds(Config config, String key, List<String> whenAbsent) {
    return config.strings(key, whenAbsent).stream().map(BlockKind::named).toList();
  }

  private void check(Config config) {
    UNet2DConditionConfig.checkLevels(config, channels, downBlocks, upBlocks);
    String timeEmbedding = config.string("time_embedding_type", "positional");
    if (!timeEmbedding.equals("positional")) {
      throw new IllegalArgumentException(
          config.origin()
              + ": time_embedding_type "
              + timeEmbedding
              + " is not served; positional is");
    }
    if (!List.of("none", "table", "timestep", "identity").contains(classEmbedding)) {
      throw new IllegalArgumentException(
          config.origin()
              + ": unknown class_embed_type "
              + classEmbedding
              + "; known: timestep, identity, null");
    }
  }
}
