package dev.sluice.gateway.door.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.Limits;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.planning.request.RequestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A request in JSON, of HTTP and of Kafka: a {@link GenerationRequest} that also understands
 * OpenAI's {@code size}, {@code response_format} and {@code user}, who is a tenant, and takes
 * {@code steps} and {@code guidance_scale} for the denoiser's. Values are checked where every
 * door's requests are.
 */
public final class RequestJson {

  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})x(\\d{1,6})");

  /** An id that stands behind what made a text unreadable. */
  private static final Pattern ID =
      Pattern.compile("\"request_?[iI]d\"\\s*:\\s*\"([A-Za-z0-9._-]{1,128})\"");

  /**
   * OpenAI's fields that there is no choice for here, with the values that are met by what is done
   * anyway; null is met as well.
   */
  private static final Map<String, Set<String>> AS_YOU_LIKE =
      Map.of(
          "response_format", Set.of("b64_json"),
          "quality", Set.of("auto", "standard"),
          "style", Set.of(),
          "background", Set.of("auto", "opaque"),
          "moderation", Set.of("auto", "low"),
          "output_format", Set.of("png"),
          "output_compression", Set.of("100"),
          "partial_images", Set.of("0"),
          "stream", Set.of("false"));

  /** What is read here, of what callers set. */
  private static final Set<String> OTHERS =
      Stream.concat(
              Stream.of("size", "steps", "guidance_scale", "user"), AS_YOU_LIKE.keySet().stream())
          .collect(Collectors.toUnmodifiableSet());

  /** Those of OpenAI's fields whose values are texts. */
  private static final Set<String> TEXTS =
      Set.of(
          "size",
          "user",
          "response_format",
          "quality",
          "style",
          "background",
          "moderation",
          "output_format",
          "input_fidelity");

  private final ObjectNode body;

  private RequestJson(ObjectNode body) {
    this.body = body;
  }

  /**
   * The request that {@code body} asks for.
   *
   * @param body UTF-8, with or without a byte order mark
   * @throws RequestException when the body is no JSON object, or a field is unknown or of the wrong
   *     type
   */
  public static GenerationRequest parse(byte[] body) {
    return request(object(body));
  }

  /**
   * The fields of a body, for doors that know more of them than {@link #request}.
   *
   * @throws RequestException when the body is no JSON object
   */
  public static ObjectNode object(byte[] body) {
    if (!(JsonText.read(body) instanceof ObjectNode object)) {
      throw RequestException.invalid(
          "", "The request must be a JSON object, such as {\"prompt\": \"a large red circle\"}.");
    }
    return object;
  }

  /**
   * The request that an object asks for.
   *
   * @param object whose fields are taken out of it
   * @throws RequestException when a field is unknown or of the wrong type
   */
  public static GenerationRequest request(ObjectNode object) {
    return new RequestJson(object).toRequest();
  }

  /**
   * A field whose value comes as a text, as in forms.
   *
   * @return null for nothing in the place of a value, which forms cannot leave out
   */
  public static JsonNode valueOf(String name, String text) {
    if (text.isBlank() && !name.equals("prompt")) {
      return null;
    }
    if (isText(name)) {
      return TextNode.valueOf(text);
    }
    try {
      return JsonText.read(text.getBytes(StandardCharsets.UTF_8));
    } catch (RequestException e) {
      // Whoever reads the field says what it should be.
      return TextNode.valueOf(text);
    }
  }

  /** Whether a field's values are texts; no other field of OpenAI's is called as one of ours. */
  private static boolean isText(String name) {
    return TEXTS.contains(name)
        || GenerationRequest.getDescriptor().getFields().stream()
            .filter(field -> field.getName().equals(name) || field.getJsonName().equals(name))
            .anyMatch(RequestJson::isText);
  }

  private static boolean isText(FieldDescriptor field) {
    return !field.isRepeated()
        && switch (field.getType()) {
          case STRING, BYTES, ENUM -> true;
          case MESSAGE -> field.getMessageType().equals(Duration.getDescriptor());
          default -> false;
        };
  }

  /**
   * Whether bytes that nothing is said of look like JSON. A binary request can begin with a line
   * feed, which is the tag of its id, and a bracket, which is the id's length, but what comes next
   * is the id then. A mark of UTF-16 begins nothing binary: it is refused as JSON.
   */
  public static boolean looksLikeIt(byte[] body) {
    if (JsonText.isMarkedWide(body)) {
      return true;
    }
    boolean marked =
        body.length > 2
            && body[0] == (byte) 0xef
            && body[1] == (byte) 0xbb
            && body[2] == (byte) 0xbf;
    int begin = marked ? 3 : 0;
    int at = afterSpace(body, begin);
    if (at == body.length || body[at] != '{' && body[at] != '[') {
      return false;
    }
    int next = afterSpace(body, at + 1);
    return at == begin || next == body.length || "\"{}[]".indexOf(body[next]) >= 0;
  }

  private static int afterSpace(byte[] body, int at) {
    int after = at;
    while (after < body.length && " \t\r\n".indexOf(body[after]) >= 0) {
      after++;
    }
    return after;
  }

  /** The id of a request that {@link #parse} refuses, for the answer; empty if there is none. */
  public static Optional<String> idIn(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    try (JsonParser parser = JsonText.parser(text)) {
      JsonToken token = parser.nextToken();
      while (token != null) {
        token = parser.nextToken();
        if (token == JsonToken.FIELD_NAME) {
          boolean isId = parser.currentName().matches("request_?[iI]d");
          token = parser.nextToken();
          if (isId && token.isScalarValue() && ImageId.isName(parser.getText())) {
            return Optional.of(parser.getText());
          }
          parser.skipChildren();
        }
      }
    } catch (IOException | RuntimeException e) {
      // What is at fault may stand before the id.
    }
    // An earlier request's id, where this one goes on from it, is not this one's.
    Matcher matcher = ID.matcher(text);
    return matcher.find() && !text.contains("\"from\"")
        ? Optional.of(matcher.group(1))
        : Optional.empty();
  }

  private GenerationRequest toRequest() {
    AS_YOU_LIKE.forEach(this::requireMet);
    JsonNode user = take("user");
    if (user.isTextual() && !body.hasNonNull("tenant")) {
      body.set("tenant", user);
    }
    JsonNode size = take("size");
    moveToDenoiser("steps");
    moveToDenoiser("guidance_scale");
    if (isNumber(body.path("n")) && body.path("n").decimalValue().signum() == 0) {
      throw RequestException.invalid(
          "n", "n is 0; ask for 1 to %d pictures.".formatted(Limits.IMAGES));
    }
    GenerationRequest.Builder request = GenerationRequest.newBuilder();
    JsonMessage.merge(body, OTHERS, request);
    setSize(size, request);
    return request.build();
  }

  /** NaN has no digits. */
  private static boolean isNumber(JsonNode value) {
    return value.isIntegralNumber() || value.isBigDecimal();
  }

  /** What only JSON knows; a missing node if it is not there. */
  private JsonNode take(String field) {
    JsonNode value = body.remove(field);
    return value == null || value.isNull() ? MissingNode.getInstance() : value;
  }

  private void requireMet(String field, Set<String> values) {
    JsonNode value = take(field);
    if (!value.isMissingNode() && !values.contains(value.asText())) {
      throw RequestException.invalid(
          field,
          values.isEmpty()
              ? "There is no choice of %s; leave it out.".formatted(field)
              : "The field %s must be %s, if it is given; there is no other choice."
                  .formatted(field, String.join(" or ", values.stream().sorted().toList())));
    }
  }

  private void moveToDenoiser(String setting) {
    JsonNode value = take(setting);
    if (value.isMissingNode()) {
      return;
    }
    JsonNode denoiser =
        body.hasNonNull("denoiser") ? body.get("denoiser") : body.putObject("denoiser");
    if (denoiser instanceof ObjectNode settings) {
      if (settings.has(setting)) {
        throw RequestException.invalid(
            setting, "%s and denoiser.%1$s are the same; leave one out.".formatted(setting));
      }
      settings.set(setting, value);
    }
  }

  private static void setSize(JsonNode size, GenerationRequest.Builder request) {
    if (size.isMissingNode() || size.asText().equals("auto")) {
      return;
    }
    if (request.getWidth() != 0 || request.getHeight() != 0) {
      throw RequestException.invalid(
          "size", "There is a size, and a width or height as well; leave the size out.");
    }
    Matcher matcher = SIZE.matcher(size.asText());
    if (!size.isTextual() || !matcher.matches()) {
      throw RequestException.invalid(
          "size", "The size must be WIDTHxHEIGHT in pixels, such as 64x64, or auto.");
    }
    int width = Integer.parseInt(matcher.group(1));
    int height = Integer.parseInt(matcher.group(2));
    if (width == 0 || height == 0) {
      throw RequestException.invalid("size", "Neither side of a picture can be 0 pixels.");
    }
    request.setWidth(width).setHeight(height);
  }
}
