package dev.sluice.catalog.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How an added token is found in a text, as Hugging Face's {@code AddedToken} says it.
 *
 * @param lstrip whether white space before it belongs to it
 * @param rstrip whether white space after it does
 * @param singleWord whether it is none where it is part of a longer word
 */
public record TokenMatching(boolean lstrip, boolean rstrip, boolean singleWord) {

  /** Wherever it stands, with nothing around it. */
  public static final TokenMatching EXACT = new TokenMatching(false, false, false);

  /** What a token's description says; what it does not say is not so. */
  static TokenMatching of(JsonNode token) {
    return new TokenMatching(
        token.path("lstrip").asBoolean(),
        token.path("rstrip").asBoolean(),
        token.path("single_word").asBoolean());
  }
}
