package dev.sluice.catalog.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.safetensors.FileLabel;
import dev.sluice.safetensors.ForeignContent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a model's small files, in UTF-8 or UTF-16, with or without a byte order mark. */
public final class ModelFile {

  /** Python writes infinities, as some schedulers have them, as no JSON parser expects them. */
  public static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private ModelFile() {}

  /**
   * A file that holds a JSON object.
   *
   * @param origin what the file is called in messages
   * @throws InvalidConfigException if it does not
   */
  public static ObjectNode json(Path file, String origin) {
    try {
      JsonNode root = JSON.readTree(Files.readAllBytes(file));
      if (root instanceof ObjectNode object) {
        return object;
      }
      throw new InvalidConfigException(origin + ": not a JSON object" + ForeignContent.hint(file));
    } catch (JsonProcessingException e) {
      throw new InvalidConfigException(
          origin + ": " + FileLabel.reason(e) + ForeignContent.hint(file), e);
    } catch (NoSuchFileException e) {
      throw new InvalidConfigException(origin + ": there is no such file", e);
    } catch (IOException e) {
      throw new InvalidConfigException(origin + ": cannot be read: " + reason(e), e);
    }
  }

  /**
   * A text file, in whatever encoding of Unicode its byte order mark tells; UTF-8 without one.
   *
   * @throws IOException if it cannot be read
   */
  public static String text(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int first = bytes.length > 0 ? bytes[0] & 0xff : 0;
    int second = bytes.length > 1 ? bytes[1] & 0xff : 0;
    String text =
        new String(
            bytes,
            first == 0xff && second == 0xfe || first == 0xfe && second == 0xff
                ? StandardCharsets.UTF_16
                : StandardCharsets.UTF_8);
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static String reason(IOException e) {
    return e instanceof AccessDeniedException ? "no permission" : e.getMessage();
  }
}
