package dev.sluice.networks.tokenizer;

import java.nio.file.Files;
import java.nio.file.Path;

/** Opens tokenizers by what their folder holds. */
public final class Tokenizers {

  private Tokenizers() {}

  /**
   * Opens the tokenizer in {@code folder}: {@code tokenizer_config.json} says which it is; without
   * that, its files do.
   *
   * @throws IllegalArgumentException when there is none, or none of a known class
   */
  public static Tokenizer open(Path folder) {
    TokenizerConfig config = TokenizerConfig.read(folder);
    String className = config.className();
    if (className.startsWith("CLIP") || className.isEmpty() && isIn(folder, "vocab.json")) {
      return ClipTokenizer.open(folder);
    }
    if (className.startsWith("T5") || className.isEmpty() && isIn(folder, "spiece.model")) {
      return T5Tokenizer.open(folder);
    }
    throw new IllegalArgumentException(
        className.isEmpty()
            ? folder
                + ": no tokenizer: neither vocab.json nor spiece.model nor tokenizer_config.json"
            : "%s: no tokenizer class %s; known: CLIPTokenizer, T5Tokenizer"
                .formatted(folder, className));
  }

  private static boolean isIn(Path folder, String file) {
    return Files.isRegularFile(folder.resolve(file));
  }
}
