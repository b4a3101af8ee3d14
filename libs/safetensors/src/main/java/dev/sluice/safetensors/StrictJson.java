package dev.sluice.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A JSON token stream that takes only what a checkpoint's header or index may hold. Streaming keeps
 * memory in proportion to the entries that were accepted, whatever the text's length.
 */
final class StrictJson implements AutoCloseable {

  /**
   * Names are not put into the parser's shared symbol table: a header with a million of them would
   * stay in memory for as long as the process lives.
   */
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

  /** More tensors than any published checkpoint has, few enough to hold in memory. */
  static final int MAX_ENTRIES = 100_000;

  private static final int MAX_TEXT = 1 << 20;

  private final Path file;
  private final JsonParser parser;

  StrictJson(Path file, InputStream utf8) throws IOException {
    this.file = file;
    this.parser =
        FACTORY.createParser(
            new InputStreamReader(
                utf8,
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)));
  }

  static JsonGenerator writer(OutputStream out) throws IOException {
    return FACTORY.createGenerator(out);
  }

  /** Consumes the start of an object. */
  void beginObject(String what) throws IOException {
    require(parser.nextToken(), JsonToken.START_OBJECT, what);
  }

  /** The next member's name, or null at the end of the object. */
  String nextName(String what) throws IOException {
    JsonToken token = parser.nextToken();
    if (token == JsonToken.END_OBJECT) {
      return null;
    }
    require(token, JsonToken.FIELD_NAME, what);
    return parser.currentName();
  }

  String text(String what) throws IOException {
    require(parser.nextToken(), JsonToken.VALUE_STRING, what);
    if (parser.getTextLength() > MAX_TEXT) {
      throw problem(what + " is a text of " + parser.getTextLength() + " characters");
    }
    return parser.getText();
  }

  /** A list of integers from 0 to 2^63 - 1, of which there may be at most {@code maxLength}. */
  long[] naturals(String what, int maxLength) throws IOException {
    require(parser.nextToken(), JsonToken.START_ARRAY, what);
    long[] values = new long[maxLength];
    int length = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, "a number of " + what);
      if (length == maxLength) {
        throw problem(what + " has more than " + maxLength + " numbers");
      }
      if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || parser.getLongValue() < 0) {
        throw problem(what + " holds " + parser.getText() + ", not a number from 0 to 2^63 - 1");
      }
      values[length++] = parser.getLongValue();
    }
    return Arrays.copyOf(values, length);
  }

  /** Skips the value of the current member; gives it back if it is a scalar, else null. */
  String skipValue() throws IOException {
    JsonToken token = parser.nextToken();
    if (token != null && token.isScalarValue()) {
      return parser.getText();
    }
    parser.skipChildren();
    return null;
  }

  /** Requires that nothing but white space follows. */
  void end() throws IOException {
    if (parser.nextToken() != null) {
      throw problem("expected nothing after the header's JSON object, found more JSON");
    }
  }

  SafetensorsException problem(String problem) {
    return SafetensorsException.of(file, problem);
  }

  private void require(JsonToken found, JsonToken expected, String what) {
    if (found != expected) {
      throw problem("expected " + name(expected) + " for " + what + ", found " + name(found));
    }
  }

  private static String name(JsonToken token) {
    if (token == null) {
      return "the end of the text";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case END_OBJECT -> "the end of an object";
      case START_ARRAY -> "a list";
      case END_ARRAY -> "the end of a list";
      case FIELD_NAME -> "a member name";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT -> "a whole number";
      case VALUE_NUMBER_FLOAT -> "a number with a fraction";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL -> "null";
      default -> token.toString();
    };
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
