package dev.sluice.parity.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The {@code about.json} of a pack: what was recorded, and how. */
public final class About {

  /** In every pack. */
  public static final String FILE = "about.json";

  /** Python writes infinities as no JSON parser expects them. */
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private About() {}

  /**
   * Reads a pack's description.
   *
   * @throws IllegalArgumentException if there is none, or it is not a JSON object
   */
  public static JsonNode read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(file + ": no such file; every pack has one");
    }
    try {
      JsonNode about = JSON.readTree(file.toFile());
      if (!about.isObject()) {
        throw new IllegalArgumentException(file + ": not a JSON object");
      }
      return about;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + ": not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
