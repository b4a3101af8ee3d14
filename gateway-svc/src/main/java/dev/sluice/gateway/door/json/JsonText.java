package dev.sluice.gateway.door.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.Texts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** JSON as callers send it (RFC 8259); what is wrong with it is told in their words. */
final class JsonText {

  /** Characters of a string: a picture of as many bytes as the other doors take, in base64. */
  private static final int LONGEST_STRING = 24 << 20;

  private static final int MOST_DIGITS = 1000;
  private static final int DEEPEST = 1000;
  private static final int BYTE_ORDER_MARK = 0xfeff;
  private static final int SHOWN = 20;

  /**
   * NaN is let in here, to be refused by the name of its field. Numbers keep their digits: a seed
   * may be written with a point.
   */
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(LONGEST_STRING)
                          .maxNumberLength(MOST_DIGITS)
                          .maxNestingDepth(DEEPEST)
                          .build())
                  .build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private JsonText() {}

  /**
   * The one value that a text is.
   *
   * @param body UTF-8, with or without a byte order mark
   * @return a missing node for an empty text
   * @throws RequestException if it is none
   */
  static JsonNode read(byte[] body) {
    String text = text(body);
    try (JsonParser parser = parser(text)) {
      return value(parser, text);
    } catch (StreamConstraintsException e) {
      throw RequestException.invalid(
          "",
          ("The request has a number of more than %d digits, a text of more than %d characters, or"
                  + " more than %d levels.")
              .formatted(MOST_DIGITS, LONGEST_STRING, DEEPEST));
    } catch (JsonEOFException e) {
      throw refused("it ends too early; something at its end is missing");
    } catch (JsonProcessingException e) {
      throw refused(
          ("it cannot be read at %s. Names and texts stand in double quotes; there are no comments,"
                  + " and no comma before a closing bracket")
              .formatted(place(e.getLocation(), text)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode value(JsonParser parser, String text) throws IOException {
    JsonNode value;
    try {
      value = JSON.readTree(parser);
    } catch (MismatchedInputException e) {
      // The only thing that a tree of anything objects to.
      String field = path(parser.getParsingContext());
      throw RequestException.invalid(field, "The field %s is given twice.".formatted(field));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw RequestException.invalid("", "The request has a number that is far too long.");
    }
    if (parser.nextToken() != null) {
      throw refused(
          "something follows its end at %s".formatted(place(parser.currentTokenLocation(), text)));
    }
    return value == null ? MissingNode.getInstance() : value;
  }

  private static String path(JsonStreamContext place) {
    if (place == null || place.inRoot()) {
      return "";
    }
    String parent = path(place.getParent());
    if (place.inArray()) {
      return parent + "[" + place.getCurrentIndex() + "]";
    }
    if (place.getCurrentName() == null) {
      return parent;
    }
    return parent.isEmpty() ? place.getCurrentName() : parent + "." + place.getCurrentName();
  }

  /** Reads as {@link #read} does, but token by token, of what may be no JSON in the end. */
  static JsonParser parser(String text) throws IOException {
    return JSON.createParser(text);
  }

  private static String text(byte[] body) {
    if (looksWide(body)) {
      throw RequestException.invalid(
          "", "The request is in UTF-16 or UTF-32; JSON must be UTF-8 (RFC 8259). Send it so.");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw RequestException.invalid("", "The request is not UTF-8, as JSON must be.");
    }
  }

  /** JSON in UTF-8 has NUL neither first nor second. */
  private static boolean looksWide(byte[] body) {
    return isMarkedWide(body) || body.length > 1 && (body[0] == 0 || body[1] == 0);
  }

  /** Whether bytes begin with the byte order mark of UTF-16 or of little-endian UTF-32. */
  static boolean isMarkedWide(byte[] body) {
    return body.length > 1
        && (body[0] == (byte) 0xfe && body[1] == (byte) 0xff
            || body[0] == (byte) 0xff && body[1] == (byte) 0xfe);
  }

  private static String place(JsonLocation at, String text) {
    if (at == null) {
      return "its end";
    }
    int from = (int) Math.max(0, Math.min(text.length(), at.getCharOffset()));
    int to = Math.min(text.length(), from + SHOWN);
    String rest = Texts.quotable(text.substring(from, to).replaceAll("\\s+", " "));
    return "line %d, column %d (%s)"
        .formatted(at.getLineNr(), at.getColumnNr(), rest.isBlank() ? "its end" : "'" + rest + "'");
  }

  private static RequestException refused(String what) {
    return RequestException.invalid("", "The request is not JSON: %s.".formatted(what));
  }
}
