package dev.sluice.networks.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens tokenizers by what their folder holds. */
public final class Tokenizers {

  private Tokenizers() {}

  /**
   * Opens the tokenizer in {@code folder}: {@code tokenizer_config.json} says which it is; without
   * that, its files do.
   *
   * @throws IllegalArgumentException when there is none, or none of a known kind
   */
  public static Tokenizer open(Path folder) {
    String className = TokenizerConfig.read(folder).className();
    if (className.startsWith("CLIP")) {
      return ClipTokenizer.open(folder);
    }
    if (className.startsWith("T5")) {
      return T5Tokenizer.open(folder);
    }
    if (Files.isRegularFile(folder.resolve("vocab.json"))) {
      return ClipTokenizer.open(folder);
    }
    if (Files.isRegularFile(folder.resolve("spiece.model"))) {
      return T5Tokenizer.open(folder);
    }
    Path whole = folder.resolve("tokenizer.json");
    if (!Files.isRegularFile(whole)) {
      throw new IllegalArgumentException(
          folder + ": no tokenizer: there is no vocab.json, spiece.model or tokenizer.json");
    }
    JsonNode model = TokenizerConfig.readObject(whole).path("model");
    return switch (model.path("type").asText()) {
      case "BPE" -> ClipTokenizer.open(folder);
      case "Unigram" -> T5Tokenizer.open(folder);
      default ->
          throw new IllegalArgumentException(
              "%s: a tokenizer of type %s is not served; BPE (CLIP) and Unigram (T5) are"
                  .formatted(whole, model.path("type")));
    };
  }
}
