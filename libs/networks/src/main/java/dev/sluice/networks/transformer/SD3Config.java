package dev.sluice.networks.transformer;

import dev.sluice.catalog.Config;
import java.util.List;

/**
 * What an {@code SD3Transformer2DModel} is made of.
 *
 * @param heads of each attention
 * @param headSize channels per head
 * @param layers transformer blocks
 * @param inChannels of the latent
 * @param outChannels of the prediction
 * @param patchSize latent pixels along the side of a patch
 * @param positionsPerSide the most patches that height and width may have
 * @param textWidth of the text's tokens
 * @param pooledWidth of the text embedding
 * @param dualAttentionLayers the blocks with a second attention, of the picture alone (SD 3.5
 *     medium)
 * @param normalizesQueriesAndKeys whether queries and keys are normalised per head (SD 3.5)
 * @param attendsAcross whether the text stays as it is, and the picture attends to it after it
 *     attended to itself: what the paper compares its own with (section 5.2: CrossDiT). No
 *     published weights are so; the config's key {@code text_attention} is our own
 */
public record SD3Config(
    int heads,
    int headSize,
    int layers,
    int inChannels,
    int outChannels,
    int patchSize,
    int positionsPerSide,
    int textWidth,
    int pooledWidth,
    List<Integer> dualAttentionLayers,
    boolean normalizesQueriesAndKeys,
    boolean attendsAcross) {

  /** Reads a config; absent keys take the library's defaults. */
  static SD3Config of(Config config) {
    int inChannels = config.count("in_channels", 16);
    SD3Config result =
        new SD3Config(
            config.count("num_attention_heads", 18),
            config.count("attention_head_dim", 64),
            config.count("num_layers", 18),
            inChannels,
            config.count("out_channels", config.isNull("out_channels") ? inChannels : 16),
            config.count("patch_size", 2),
            config.count("pos_embed_max_size", 96),
            config.count("joint_attention_dim", 4096),
            config.count("pooled_projection_dim", 2048),
            config.integers("dual_attention_layers", List.of()),
            config.has("qk_norm"),
            attendsAcross(config));
    int contextWidth = config.count("caption_projection_dim", 1152);
    if (contextWidth != result.width()) {
      throw new IllegalArgumentException(
          ("%s: caption_projection_dim is %d; text and picture attend to each other, so it must be"
                  + " num_attention_heads * attention_head_dim = %d")
              .formatted(config.origin(), contextWidth, result.width()));
    }
    if (config.has("qk_norm") && !config.string("qk_norm").equals("rms_norm")) {
      throw new IllegalArgumentException(
          "%s: unknown qk_norm %s; known: rms_norm, null"
              .formatted(config.origin(), config.string("qk_norm")));
    }
    return result;
  }

  private static boolean attendsAcross(Config config) {
    String attention = config.string("text_attention", "joint");
    return switch (attention) {
      case "joint" -> false;
      case "cross" -> true;
      default ->
          throw new IllegalArgumentException(
              "%s: unknown text_attention %s; known: joint, cross"
                  .formatted(config.origin(), attention));
    };
  }

  /** Width of a token. */
  public int width() {
    return heads * headSize;
  }
}
