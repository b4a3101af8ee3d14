package dev.sluice.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.contract.v1.GenerationRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The body of {@code POST /v1/images/generations}: a {@link GenerationRequest} in JSON that also
 * understands OpenAI's {@code size}, {@code response_format} and {@code user}, who is a tenant, and
 * takes {@code steps} and {@code guidance_scale} for the denoiser's. Values are checked where every
 * door's requests are.
 */
final class ImagesRequest {

  /** Characters of a string: a picture of as many bytes as the other doors take, in base64. */
  private static final int LONGEST_STRING = 24 << 20;

  /** NaN is let in here, to be refused by the name of its field. */
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(LONGEST_STRING).build())
                  .build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})x(\\d{1,6})");

  private final ObjectNode body;

  private ImagesRequest(ObjectNode body) {
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
    if (!(node instanceof ObjectNode object)) {
      throw RequestException.invalid("", "The body must be a JSON object with at least a prompt.");
    }
    return new ImagesRequest(object).toRequest();
  }

  private GenerationRequest toRequest() {
    checkFormat(take("response_format"));
    JsonNode user = take("user");
    if (user.isTextual() && !body.hasNonNull("tenant")) {
      body.set("tenant", user);
    }
    JsonNode size = take("size");
    moveToDenoiser("steps");
    moveToDenoiser("guidance_scale");
    if (body.path("n").isIntegralNumber() && body.path("n").bigIntegerValue().signum() == 0) {
      throw RequestException.invalid(
          "n", "n is 0; ask for 1 to %d pictures.".formatted(RequestChecks.MAX_IMAGES));
    }
    GenerationRequest.Builder request = GenerationRequest.newBuilder();
    JsonMessage.merge(body, request);
    setSize(size, request);
    return request.build();
  }

  /** What only this door knows; a missing node if it is not there. */
  private JsonNode take(String field) {
    JsonNode value = body.remove(field);
    return value == null || value.isNull() ? MissingNode.getInstance() : value;
  }

  private static void checkFormat(JsonNode format) {
    if (!format.isMissingNode() && !format.asText().equals("b64_json")) {
      throw RequestException.invalid(
          "response_format", "The response format must be b64_json; there is no other.");
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
