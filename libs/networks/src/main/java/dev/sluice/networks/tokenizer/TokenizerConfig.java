package dev.sluice.networks.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.catalog.file.ModelFile;
import dev.sluice.catalog.tokenizer.AddedTokenFiles;
import dev.sluice.catalog.tokenizer.TokenMatching;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What {@code tokenizer_config.json} and {@code special_tokens_map.json} say. Both may be absent.
 * As in the reference, the second counts only for folders from before the first listed all added
 * tokens.
 */
final class TokenizerConfig {

  /** A text's start and end. */
  private static final int SHORTEST = 2;

  /** The library writes 10^30 for "not known"; no text encoder here is made for a book. */
  private static final int LONGEST = 4096;

  private final JsonNode config;
  private final JsonNode specialTokens;
  private final AddedTokenFiles added;

  private TokenizerConfig(JsonNode config, JsonNode specialTokens, AddedTokenFiles added) {
    this.config = config;
    this.specialTokens = specialTokens;
    this.added = added;
  }

  static TokenizerConfig read(Path folder) {
    JsonNode config = object(folder.resolve("tokenizer_config.json"));
    AddedTokenFiles added = AddedTokenFiles.read(folder, folder.toString());
    JsonNode special =
        added.listed()
            ? JsonNodeFactory.instance.objectNode()
            : object(folder.resolve("special_tokens_map.json"));
    return new TokenizerConfig(config, special, added);
  }

  /** An empty object for a file that is not there. */
  private static JsonNode object(Path file) {
    return Files.isRegularFile(file) ? readObject(file) : JsonNodeFactory.instance.objectNode();
  }

  /** A file that holds a JSON object. */
  static ObjectNode readObject(Path file) {
    return ModelFile.json(file, file.toString());
  }

  /** The reference's class; empty when the config names none. */
  String className() {
    return config.path("tokenizer_class").asText("");
  }

  /** The text of a special token such as {@code pad_token}. */
  String token(String key, String whenAbsent) {
    JsonNode node = specialTokens.hasNonNull(key) ? specialTokens.get(key) : config.path(key);
    // Tokens are written as their text, or as objects with their text and how to match it.
    return (node.isObject() ? node.path("content") : node).asText(whenAbsent);
  }

  int integer(String key, int whenAbsent) {
    return config.path(key).asInt(whenAbsent);
  }

  /** {@code model_max_length}; what nobody can have meant stands for "not known". */
  int maxLength(int whenUnknown) {
    double length = config.path("model_max_length").asDouble(Double.MAX_VALUE);
    return length >= SHORTEST && length <= LONGEST ? (int) length : whenUnknown;
  }

  /** Whether {@code tokenizer_config.json} lists all added tokens, as newer folders do. */
  boolean listsAddedTokens() {
    return added.listed();
  }

  /** The tokens added after the tokenizer was made, by their text. */
  Map<String, Long> addedTokens() {
    return added.ids();
  }

  /** How they are found in a text. */
  Map<String, TokenMatching> matching() {
    return added.matching();
  }
}
