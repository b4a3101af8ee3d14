package dev.sluice.networks.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code tokenizer_config.json} and {@code special_tokens_map.json} say. Both may be absent.
 * As in the reference, the second counts only for folders from before the first listed all added
 * tokens.
 */
final class TokenizerConfig {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ADDED_TOKENS = "added_tokens_decoder";

  private final Path file;
  private final JsonNode config;
  private final JsonNode specialTokens;

  private TokenizerConfig(Path file, JsonNode config, JsonNode specialTokens) {
    this.file = file;
    this.config = config;
    this.specialTokens = specialTokens;
  }

  static TokenizerConfig read(Path folder) {
    Path file = folder.resolve("tokenizer_config.json");
    JsonNode config = object(file);
    JsonNode special =
        config.has(ADDED_TOKENS)
            ? JSON.createObjectNode()
            : object(folder.resolve("special_tokens_map.json"));
    return new TokenizerConfig(file, config, special);
  }

  /** An empty object for a file that is not there. */
  private static JsonNode object(Path file) {
    return Files.isRegularFile(file) ? readObject(file) : JSON.createObjectNode();
  }

  /** A file that holds a JSON object. */
  static ObjectNode readObject(Path file) {
    try {
      if (JSON.readTree(file.toFile()) instanceof ObjectNode object) {
        return object;
      }
      throw new IllegalArgumentException(file + ": not a JSON object");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + ": not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    }
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

  /** {@code model_max_length}; the library writes 10^30 for "not known". */
  int maxLength(int whenUnknown) {
    double length = config.path("model_max_length").asDouble(Double.MAX_VALUE);
    return length > Integer.MAX_VALUE ? whenUnknown : (int) length;
  }

  boolean listsAddedTokens() {
    return config.has(ADDED_TOKENS);
  }

  /** The added tokens that the config lists, by their text. */
  Map<String, Long> addedTokens() {
    Map<String, Long> tokens = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> token : config.path(ADDED_TOKENS).properties()) {
      tokens.put(token.getValue().path("content").asText(), id(token.getKey()));
    }
    return tokens;
  }

  private long id(String key) {
    try {
      return Long.parseLong(key);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          file + ": " + ADDED_TOKENS + " has the key \"" + key + "\", which is no token id", e);
    }
  }
}
