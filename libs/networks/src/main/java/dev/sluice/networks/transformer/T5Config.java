package dev.sluice.networks.transformer;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Activation;

/**
 * What a T5 encoder is made of.
 *
 * @param vocabulary rows of the token table
 * @param width of a token
 * @param headSize channels per head; {@code heads * headSize} need not be {@code width}
 * @param heads of each attention
 * @param hidden width of the feed-forward layer
 * @param layers transformer blocks
 * @param buckets of relative distances, both directions together
 * @param maxDistance from which on all distances share a bucket
 * @param gated whether the feed-forward layer is gated (T5 1.1)
 * @param activation of the feed-forward layer
 * @param epsilon of the norms
 */
public record T5Config(
    int vocabulary,
    int width,
    int headSize,
    int heads,
    int hidden,
    int layers,
    int buckets,
    int maxDistance,
    boolean gated,
    Activation activation,
    double epsilon) {

  private static final String GATED = "gated-";

  /** Reads a config; absent keys take the library's defaults. */
  static T5Config of(Config config) {
    String feedForward = config.string("feed_forward_proj", "relu");
    boolean gated = feedForward.startsWith(GATED);
    String activation = gated ? feedForward.substring(GATED.length()) : feedForward;
    // The library says gelu and means its tanh approximation here.
    boolean approximated = gated && activation.equals("gelu");
    return new T5Config(
        config.count("vocab_size", 32128),
        config.count("d_model", 512),
        config.count("d_kv", 64),
        config.count("num_heads", 8),
        config.count("d_ff", 2048),
        config.count("num_layers", 6),
        config.count("relative_attention_num_buckets", 32),
        config.count("relative_attention_max_distance", 128),
        gated,
        Activation.named(approximated ? "gelu_new" : activation),
        config.number("layer_norm_epsilon", 1e-6));
  }
}
