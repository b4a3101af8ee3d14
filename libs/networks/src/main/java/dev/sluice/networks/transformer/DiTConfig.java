package dev.sluice.networks.transformer;

import dev.sluice.catalog.Config;
import java.util.Arrays;
import java.util.Locale;

/**
 * What a diffusion transformer is made of.
 *
 * @param heads of each attention
 * @param headSize channels per head
 * @param layers transformer blocks
 * @param inChannels of the picture
 * @param outChannels of the prediction
 * @param sampleSize side of the training pictures, in pixels
 * @param patchSize pixels along the side of a patch
 * @param positionScale divides the positions
 * @param classes that there are; one more stands for none of them
 * @param attentionBias whether queries, keys and values have biases
 * @param feedForward the activation of the feed-forward layers
 * @param affine whether the norms before them have weights of their own
 * @param epsilon of those norms
 * @param conditioning how blocks are told of timestep and class
 */
public record DiTConfig(
    int heads,
    int headSize,
    int layers,
    int inChannels,
    int outChannels,
    int sampleSize,
    int patchSize,
    double positionScale,
    int classes,
    boolean attentionBias,
    String feedForward,
    boolean affine,
    double epsilon,
    Conditioning conditioning) {

  /**
   * The four ways that the paper compares (section 3.2, figure 3). Published weights have the first
   * of them; the others are a config's key of our own, {@code conditioning}.
   */
  public enum Conditioning {
    /** Scale and shift of norms, and gates that begin closed, from both embeddings' sum. */
    ADA_LN_ZERO,
    /** Scale and shift of norms alone. */
    ADA_LN,
    /** Two more tokens beside those of the picture. */
    IN_CONTEXT,
    /** Two tokens that those of the picture attend to. */
    CROSS_ATTENTION;

    /** As configs and recipes write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Conditioning of(Config config) {
      String wanted = config.string("conditioning", ADA_LN_ZERO.toString());
      return Arrays.stream(values())
          .filter(known -> known.toString().equals(wanted))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "%s: a transformer with conditioning %s is not served; one of %s is"
                          .formatted(config.origin(), wanted, Arrays.toString(values()))));
    }
  }

  /** Reads a {@code DiTTransformer2DModel}'s config; absent keys take the library's defaults. */
  static DiTConfig of(Config config) {
    requireAdaNormZero(config, "ada_norm_zero");
    int inChannels = config.count("in_channels", 4);
    return new DiTConfig(
        config.count("num_attention_heads", 16),
        config.count("attention_head_dim", 72),
        config.count("num_layers", 28),
        inChannels,
        config.count("out_channels", inChannels),
        config.count("sample_size", 32),
        config.count("patch_size", 2),
        1,
        config.count("num_embeds_ada_norm", 1000),
        config.bool("attention_bias", true),
        config.string("activation_fn", "gelu-approximate"),
        config.bool("norm_elementwise_affine", false),
        config.number("norm_eps", 1e-5),
        Conditioning.of(config));
  }

  /**
   * Reads the config of a {@code Transformer2DModel}, the class under which DiT was published
   * first.
   */
  static DiTConfig ofTransformer2D(Config config) {
    requireAdaNormZero(config, "layer_norm");
    int inChannels = config.count("in_channels");
    int sampleSize = config.count("sample_size");
    return new DiTConfig(
        config.count("num_attention_heads", 16),
        config.count("attention_head_dim", 88),
        config.count("num_layers", 1),
        inChannels,
        config.count("out_channels", inChannels),
        sampleSize,
        config.count("patch_size"),
        config.number("interpolation_scale", Math.max(sampleSize / 64, 1)),
        config.count("num_embeds_ada_norm"),
        config.bool("attention_bias", false),
        config.string("activation_fn", "geglu"),
        config.bool("norm_elementwise_affine", true),
        config.number("norm_eps", 1e-5),
        Conditioning.of(config));
  }

  private static void requireAdaNormZero(Config config, String whenAbsent) {
    String norm = config.string("norm_type", whenAbsent);
    if (!norm.equals("ada_norm_zero")) {
      throw new IllegalArgumentException(
          "%s: a transformer with norm_type %s is not served; ada_norm_zero (DiT) is"
              .formatted(config.origin(), norm));
    }
  }

  /** Width of a token. */
  public int width() {
    return heads * headSize;
  }
}
