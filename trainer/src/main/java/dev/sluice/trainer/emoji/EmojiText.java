package dev.sluice.trainer.emoji;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tokenizer.ClipTokenizer;
import dev.sluice.networks.tokenizer.TokenIds;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.system.ModelFiles;
import dev.sluice.trainer.vocabulary.ClipVocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Captions of emoji as a CLIP text encoder reads them, by a vocabulary of their words. */
final class EmojiText implements AutoCloseable {

  private static final String TOKENIZER = "tokenizer";

  private final Map<String, Object> config;
  private final ClipTokenizer tokenizer;
  private final int length;

  private EmojiText(Map<String, Object> config, ClipTokenizer tokenizer, int length) {
    this.config = config;
    this.tokenizer = tokenizer;
    this.length = length;
  }

  /**
   * Learns the vocabulary of a set's captions, and writes it with the text encoder's config, which
   * has its size; then opens it by the library that serving goes by.
   *
   * @param recipe with {@code vocabulary.merges} and {@code vocabulary.length}
   */
  static EmojiText learn(EmojiSet set, Recipe recipe, Path model) throws IOException {
    int length = recipe.integer("vocabulary.length", 3);
    ClipVocabulary vocabulary =
        new ClipVocabulary(set.words(), recipe.integer("vocabulary.merges", 0), length);
    vocabulary.write(model.resolve(TOKENIZER));
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("CLIPTextModel"));
    config.put("model_type", "clip_text_model");
    config.putAll(vocabulary.textConfig());
    config.putAll(recipe.map("components." + EmojiLdm.TEXT_ENCODER));
    ModelFiles.config(model, EmojiLdm.TEXT_ENCODER, config);
    return new EmojiText(config, ClipTokenizer.open(model.resolve(TOKENIZER)), length);
  }

  /** The text encoder's config. */
  Map<String, Object> config() {
    return config;
  }

  /** Tokens of a caption. */
  int length() {
    return length;
  }

  /** {@code [rows, length]}; a longer caption is cut. */
  HostTensor.Longs tokens(String[] captions) {
    long[] ids = new long[captions.length * length];
    for (int row = 0; row < captions.length; row++) {
      TokenIds encoded = tokenizer.encode(captions[row], length);
      System.arraycopy(encoded.inputIds().values(), 0, ids, row * length, length);
    }
    return new HostTensor.Longs(ids, captions.length, length);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
