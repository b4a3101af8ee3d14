package dev.sluice.gateway.door.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.catalog.file.Nearest;
import dev.sluice.gateway.picture.PictureFormat;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What OpenAI's requests say of the answer, besides what the pictures shall be.
 *
 * @param asLink whether pictures come as addresses; empty if it is not said
 * @param format of the files
 * @param quality of JPEG and WebP, 0 to 100
 * @param stream whether they come as server-sent events
 * @param partials previews of each picture in a stream, 0 to 3
 * @param warnings what was asked for and makes no difference here
 */
record ImageOptions(
    Optional<Boolean> asLink,
    PictureFormat format,
    int quality,
    boolean stream,
    int partials,
    List<String> warnings) {

  private static final String LINK = "url";
  private static final int BEST = 100;
  private static final int MOST_PARTIALS = 3;

  /** Fields of which every value comes to the same, and the values that ask for nothing else. */
  private enum Idle {
    QUALITY(List.of("auto", "standard"), "hd", "high", "low", "medium"),
    STYLE(List.of(), "natural", "vivid"),
    BACKGROUND(List.of("auto", "opaque"), "transparent"),
    MODERATION(List.of("auto", "low")),
    INPUT_FIDELITY(List.of(), "high", "low");

    private final List<String> met;
    private final List<String> known = new ArrayList<>();

    Idle(List<String> met, String... others) {
      this.met = met;
      known.addAll(met);
      known.addAll(List.of(others));
    }

    String field() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * Takes the fields out of a request; null stands for a field that is not there.
   *
   * @throws RequestException if one of them has no such value
   */
  static ImageOptions take(ObjectNode request) {
    List<String> warnings = new ArrayList<>();
    for (Idle field : Idle.values()) {
      String value = choice(request, field.field(), field.known);
      if (value != null && !field.met.contains(value)) {
        warnings.add(withoutEffect(field.field(), value));
      }
    }
    String link = choice(request, "response_format", List.of("b64_json", LINK));
    String format = choice(request, "output_format", PictureFormat.names());
    PictureFormat file = format == null ? PictureFormat.PNG : PictureFormat.named(format);
    boolean compressed = request.hasNonNull("output_compression");
    int quality = number(request, "output_compression", BEST, BEST);
    if (compressed && quality != BEST && file == PictureFormat.PNG) {
      warnings.add(withoutEffect("output_compression", quality + " of png"));
    }
    boolean stream = flag(request, "stream");
    int partials = number(request, "partial_images", MOST_PARTIALS, 0);
    if (partials > 0 && !stream) {
      warnings.add(withoutEffect("partial_images", partials + " without stream"));
    }
    if (stream && LINK.equals(link)) {
      warnings.add(withoutEffect("response_format", LINK + " of a stream"));
    }
    return new ImageOptions(
        Optional.ofNullable(link).map(LINK::equals),
        file,
        quality,
        stream,
        stream ? partials : 0,
        warnings);
  }

  private static String withoutEffect(String field, String value) {
    return "%s has no effect here (%s).".formatted(field, value);
  }

  private static JsonNode take(ObjectNode request, String field) {
    JsonNode value = request.remove(field);
    return value == null || value.isNull() ? null : value;
  }

  private static String choice(ObjectNode request, String field, List<String> known) {
    JsonNode value = take(request, field);
    if (value == null) {
      return null;
    }
    if (!value.isTextual() || !known.contains(value.textValue())) {
      throw RequestException.invalid(
          field,
          "The field %s must be one of %s.%s"
              .formatted(
                  field,
                  String.join(", ", known),
                  Nearest.hint(Texts.quotable(value.asText()), known)));
    }
    return value.textValue();
  }

  private static boolean flag(ObjectNode request, String field) {
    JsonNode value = take(request, field);
    if (value != null && !value.isBoolean()) {
      throw RequestException.invalid(field, "The field %s must be true or false.".formatted(field));
    }
    return value != null && value.booleanValue();
  }

  private static int number(ObjectNode request, String field, int most, int usual) {
    JsonNode value = take(request, field);
    if (value == null) {
      return usual;
    }
    double number = value.isNumber() ? value.doubleValue() : Double.NaN;
    if (!(number >= 0 && number <= most) || number != Math.rint(number)) {
      throw RequestException.invalid(
          field, "The field %s must be a whole number from 0 to %d.".formatted(field, most));
    }
    return (int) number;
  }
}
