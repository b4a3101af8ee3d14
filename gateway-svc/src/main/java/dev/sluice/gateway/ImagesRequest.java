package dev.sluice.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.util.Durations;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.StageSettings;
import java.math.BigInteger;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The body of {@code POST /v1/images/generations}. Read by hand, so that each mistake is told by
 * the name of its field; values are checked where every door's requests are.
 */
final class ImagesRequest {

  /** NaN is let in here, to be refused by the name of its field. */
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})x(\\d{1,6})");
  private static final Set<String> FIELDS =
      new TreeSet<>(
          Set.of(
              "prompt",
              "negative_prompt",
              "model",
              "n",
              "size",
              "seed",
              "steps",
              "guidance_scale",
              "timeout_seconds",
              "response_format",
              "user"));

  private final JsonNode body;

  private ImagesRequest(JsonNode body) {
    this.body = body;
  }

  /**
   * The request that {@code body} asks for.
   *
   * @throws RequestException when the body is no JSON object, or a field is unknown or of the wrong
   *     type
   */
  static GenerationRequest parse(String body) {
    JsonNode node;
    try {
      node = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw RequestException.invalid("", "The body is not JSON: " + e.getOriginalMessage());
    }
    if (!node.isObject()) {
      throw RequestException.invalid("", "The body must be a JSON object with at least a prompt.");
    }
    return new ImagesRequest(node).toRequest();
  }

  private GenerationRequest toRequest() {
    body.fieldNames()
        .forEachRemaining(
            name -> {
              if (!FIELDS.contains(name)) {
                throw RequestException.invalid(
                    name, "There is no field '%s'; there are %s.".formatted(name, FIELDS));
              }
            });
    String format = text("response_format");
    if (!format.isEmpty() && !format.equals("b64_json")) {
      throw RequestException.invalid(
          "response_format", "The response format must be b64_json; there is no other.");
    }
    if (text("prompt").isBlank()) {
      throw RequestException.invalid("prompt", "The prompt is empty; say what the picture shows.");
    }
    GenerationRequest.Builder request =
        GenerationRequest.newBuilder()
            .setPrompt(text("prompt"))
            .setNegativePrompt(text("negative_prompt"))
            .setModel(text("model"));
    if (has("n")) {
      request.setN((int) integer("n", 1, RequestChecks.MAX_IMAGES));
    }
    if (has("seed")) {
      request.setSeed(integer("seed", 0, Long.MAX_VALUE));
    }
    if (has("timeout_seconds")) {
      // A cast from NaN gives 0, which is refused as no time at all.
      request.setTimeout(Durations.fromMillis((long) (1000 * number("timeout_seconds"))));
    }
    if (has("size")) {
      setSize(request);
    }
    if (has("steps") || has("guidance_scale")) {
      request.setDenoiser(denoiser());
    }
    return request.build();
  }

  private void setSize(GenerationRequest.Builder request) {
    String size = text("size");
    Matcher matcher = SIZE.matcher(size);
    if (size.equals("auto")) {
      return;
    }
    if (!matcher.matches()) {
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

  private StageSettings denoiser() {
    StageSettings.Builder settings = StageSettings.newBuilder();
    if (has("steps")) {
      settings.setSteps((int) integer("steps", 1, RequestChecks.MAX_STEPS));
    }
    if (has("guidance_scale")) {
      settings.setGuidanceScale(number("guidance_scale"));
    }
    return settings.build();
  }

  private boolean has(String field) {
    return body.hasNonNull(field);
  }

  private String text(String field) {
    if (!has(field)) {
      return "";
    }
    if (!body.get(field).isTextual()) {
      throw RequestException.invalid(field, "The field %s must be a string.".formatted(field));
    }
    return body.get(field).textValue();
  }

  private long integer(String field, long least, long most) {
    JsonNode value = body.get(field);
    if (value.isIntegralNumber()) {
      BigInteger number = value.bigIntegerValue();
      if (number.compareTo(BigInteger.valueOf(least)) >= 0
          && number.compareTo(BigInteger.valueOf(most)) <= 0) {
        return number.longValueExact();
      }
    }
    throw RequestException.invalid(
        field, "The field %s must be an integer from %d to %d.".formatted(field, least, most));
  }

  private double number(String field) {
    if (!body.get(field).isNumber()) {
      throw RequestException.invalid(field, "The field %s must be a number.".formatted(field));
    }
    return body.get(field).doubleValue();
  }
}
