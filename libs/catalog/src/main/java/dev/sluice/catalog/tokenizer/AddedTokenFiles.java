package dev.sluice.catalog.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.catalog.file.InvalidConfigException;
import dev.sluice.catalog.file.ModelFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tokens that were added to a tokenizer after it was made, textual inversion's learned words
 * among them. As in transformers, {@code added_tokens_decoder} of {@code tokenizer_config.json}
 * lists them all; in folders from before that, {@code added_tokens.json} and {@code tokenizer.json}
 * do.
 *
 * @param ids by the text that stands for the token
 * @param matching the same tokens, as far as it is said how they are found
 * @param listed whether {@code tokenizer_config.json} lists them
 */
public record AddedTokenFiles(
    Map<String, Long> ids, Map<String, TokenMatching> matching, boolean listed) {

  private static final String CONFIG = "tokenizer_config.json";
  private static final String LIST = "added_tokens_decoder";
  private static final String OLD = "added_tokens.json";
  private static final String WHOLE = "tokenizer.json";

  /**
   * Reads a tokenizer's.
   *
   * @param origin what the folder is called in messages
   * @throws IllegalArgumentException if a file is damaged, or an id is none
   */
  public static AddedTokenFiles read(Path folder, String origin) {
    Map<String, Long> ids = new LinkedHashMap<>();
    Map<String, TokenMatching> matching = new LinkedHashMap<>();
    if (Files.isRegularFile(folder.resolve(CONFIG))) {
      JsonNode list = ModelFile.json(folder.resolve(CONFIG), origin + "/" + CONFIG).path(LIST);
      if (list.isObject()) {
        for (Map.Entry<String, JsonNode> token : list.properties()) {
          String content = content(token.getValue(), origin + "/" + CONFIG, token.getKey());
          ids.put(content, id(origin, token.getKey()));
          matching.put(content, TokenMatching.of(token.getValue()));
        }
        return new AddedTokenFiles(ids, matching, true);
      }
    }
    if (Files.isRegularFile(folder.resolve(WHOLE))) {
      JsonNode tokens = ModelFile.json(folder.resolve(WHOLE), origin + "/" + WHOLE);
      for (JsonNode token : tokens.path("added_tokens")) {
        String content = content(token, origin + "/" + WHOLE, token.path("id").asText());
        ids.put(content, token.path("id").asLong());
        matching.put(content, TokenMatching.of(token));
      }
    }
    if (Files.isRegularFile(folder.resolve(OLD))) {
      JsonNode tokens = ModelFile.json(folder.resolve(OLD), origin + "/" + OLD);
      for (Map.Entry<String, JsonNode> token : tokens.properties()) {
        if (!token.getValue().isIntegralNumber()) {
          throw new InvalidConfigException(
              "%s/%s: the id of \"%s\" is %s; expected a whole number"
                  .formatted(origin, OLD, token.getKey(), token.getValue()));
        }
        ids.put(token.getKey(), token.getValue().asLong());
      }
    }
    return new AddedTokenFiles(ids, matching, false);
  }

  /** An empty one would be found everywhere. */
  private static String content(JsonNode token, String origin, String id) {
    JsonNode content = token.path("content");
    if (!content.isTextual() || content.textValue().isEmpty()) {
      throw new InvalidConfigException(
          "%s: the added token %s has no content; expected the text that it stands for"
              .formatted(origin, id));
    }
    return content.textValue();
  }

  private static long id(String origin, String key) {
    try {
      return Long.parseLong(key);
    } catch (NumberFormatException e) {
      throw new InvalidConfigException(
          "%s/%s: %s has the key \"%s\", which is no token id".formatted(origin, CONFIG, LIST, key),
          e);
    }
  }
}
