package dev.sluice.networks.transformer;

import dev.sluice.catalog.Config;

/**
 * What a {@code CLIPTextModel} is made of.
 *
 * @param encoder the transformer
 * @param vocabulary rows of the token table
 * @param positions the most tokens a text may have
 * @param projection width of {@code text_embeds}
 * @param endOfText the id of the token whose state stands for the text; {@link #LEGACY_END_OF_TEXT}
 *     for the highest id in the text
 */
public record ClipTextConfig(
    ClipEncoder encoder, int vocabulary, int positions, int projection, int endOfText) {

  /**
   * Configs written before 2023 say this, whatever the tokenizer's id is; the reference takes it as
   * "the highest id", which in CLIP's vocabulary is the end of text.
   */
  static final int LEGACY_END_OF_TEXT = 2;

  /** Reads a config; absent keys take the library's defaults. */
  static ClipTextConfig of(Config config) {
    return new ClipTextConfig(
        ClipEncoder.of(config, 512, 2048, 8),
        config.count("vocab_size", 49408),
        config.count("max_position_embeddings", 77),
        config.count("projection_dim", 512),
        config.integer("eos_token_id", 49407));
  }

  /** Width of a token's state. */
  public int width() {
    return encoder.width();
  }
}
