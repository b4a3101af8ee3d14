package dev.sluice.networks.transformer;

import dev.sluice.catalog.Config;

/**
 * What an {@link AutoregressivePrior} is made of. The first five have the keys of {@code
 * PriorTransformer}.
 *
 * @param heads of each attention
 * @param headSize channels per head
 * @param layers transformer blocks
 * @param textWidth width of the text's tokens
 * @param textTokens tokens of the text
 * @param embedding width of text and picture embeddings ({@code clip_embed_dim})
 * @param codes principal components that are predicted ({@code num_codes})
 * @param buckets values that each of them may have ({@code num_buckets})
 * @param similarities buckets of the dot product with the text ({@code num_similarities})
 */
public record AutoregressivePriorConfig(
    int heads,
    int headSize,
    int layers,
    int textWidth,
    int textTokens,
    int embedding,
    int codes,
    int buckets,
    int similarities) {

  /** Reads a config; absent keys take the paper's values. */
  public static AutoregressivePriorConfig of(Config config) {
    int textWidth = config.count("embedding_dim", 768);
    return new AutoregressivePriorConfig(
        config.count("num_attention_heads", 26),
        config.count("attention_head_dim", 64),
        config.count("num_layers", 24),
        textWidth,
        config.count("num_embeddings", 77),
        config.count("clip_embed_dim", textWidth),
        config.count("num_codes", 319),
        config.count("num_buckets", 1024),
        config.integer("num_similarities", 2));
  }

  /** Width of a token. */
  public int width() {
    return heads * headSize;
  }

  /** Tokens in all: the text's, its embedding, the dot product, and all codes but the last. */
  public int places() {
    return textTokens + 1 + codes;
  }
}
