package dev.sluice.networks.transformer;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Activation;

/**
 * What a {@code PriorTransformer} is made of.
 *
 * @param heads of each attention
 * @param headSize channels per head
 * @param layers transformer blocks
 * @param embedding width of the embeddings that come in
 * @param textTokens tokens of the text
 * @param additionalTokens tokens beside those of the text
 * @param timeHidden inner width of the time embedding
 * @param timeActivation inside the time embedding
 * @param projectedEmbedding width of {@code proj_embedding}
 * @param clipEmbedding width of the predicted embedding
 * @param normalizesInput whether the tokens are normalised before the first block
 * @param normalizesProjectedEmbedding whether {@code proj_embedding} is normalised first
 * @param attendsToText whether there are {@code encoder_hidden_states}
 */
public record PriorConfig(
    int heads,
    int headSize,
    int layers,
    int embedding,
    int textTokens,
    int additionalTokens,
    int timeHidden,
    Activation timeActivation,
    int projectedEmbedding,
    int clipEmbedding,
    boolean normalizesInput,
    boolean normalizesProjectedEmbedding,
    boolean attendsToText) {

  /** Reads a config; absent keys take the library's defaults. */
  static PriorConfig of(Config config) {
    String added =
        config.isNull("added_emb_type") ? "none" : config.string("added_emb_type", "prd");
    if (!added.equals("prd")) {
      throw new IllegalArgumentException(
          "%s: added_emb_type %s is not served: without prd this is no image prior"
              .formatted(config.origin(), added));
    }
    int heads = config.count("num_attention_heads", 32);
    int headSize = config.count("attention_head_dim", 64);
    int embedding = config.count("embedding_dim", 768);
    return new PriorConfig(
        heads,
        headSize,
        config.count("num_layers", 20),
        embedding,
        config.count("num_embeddings", 77),
        config.integer("additional_embeddings", 4),
        config.count("time_embed_dim", heads * headSize),
        Activation.named(config.string("time_embed_act_fn", "silu")),
        config.count("embedding_proj_dim", embedding),
        config.count("clip_embed_dim", embedding),
        layerOrNone(config, "norm_in_type"),
        layerOrNone(config, "embedding_proj_norm_type"),
        !config.isNull("encoder_hid_proj_type"));
  }

  private static boolean layerOrNone(Config config, String key) {
    if (config.has(key) && !config.string(key).equals("layer")) {
      throw new IllegalArgumentException(
          "%s: unknown %s %s; known: layer, null"
              .formatted(config.origin(), key, config.string(key)));
    }
    return config.has(key);
  }

  /** Width of a token. */
  public int width() {
    return heads * headSize;
  }
}
