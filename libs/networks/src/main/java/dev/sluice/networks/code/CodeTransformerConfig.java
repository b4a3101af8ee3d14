package dev.sluice.networks.code;

import dev.sluice.catalog.Config;

/**
 * What a {@link CodeTransformer} is made of.
 *
 * @param heads of each attention ({@code num_attention_heads})
 * @param headSize channels per head ({@code attention_head_dim})
 * @param layers transformer blocks ({@code num_layers})
 * @param textWidth width of the text's states ({@code embedding_dim})
 * @param textTokens tokens of the text ({@code num_embeddings})
 * @param grid the codes, {@code sample_size} on a side of the bottom level, each of {@code
 *     num_vq_embeddings}
 */
public record CodeTransformerConfig(
    int heads, int headSize, int layers, int textWidth, int textTokens, CodeGrid grid) {

  /** Reads a config. */
  public static CodeTransformerConfig of(Config config) {
    return new CodeTransformerConfig(
        config.count("num_attention_heads", 8),
        config.count("attention_head_dim", 64),
        config.count("num_layers", 12),
        config.count("embedding_dim", 768),
        config.count("num_embeddings", 77),
        new CodeGrid(config.count("sample_size", 8), config.count("num_vq_embeddings", 512)));
  }

  /** Width of a token. */
  public int width() {
    return heads * headSize;
  }

  /** Keys and values of all layers: the shape that is remembered of tokens. */
  int[] memory(int tokens) {
    return new int[] {-1, layers, 2, tokens, width()};
  }
}
