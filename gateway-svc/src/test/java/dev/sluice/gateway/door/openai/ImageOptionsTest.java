package dev.sluice.gateway.door.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.gateway.door.json.RequestJson;
import dev.sluice.gateway.picture.PictureFormat;
import dev.sluice.planning.request.RequestException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageOptionsTest {

  private static ObjectNode object(String fields) {
    return RequestJson.object(("{" + fields + "}").getBytes(StandardCharsets.UTF_8));
  }

  private static ImageOptions take(String fields) {
    return ImageOptions.take(object(fields));
  }

  @Test
  void take_readsWhatOpenAiKnows() {
    ObjectNode request =
        object(
            """
            "prompt": "x", "response_format": "url", "output_format": "webp",
            "output_compression": 80, "stream": true, "partial_images": 2, "quality": "auto",
            "style": null, "background": "opaque", "moderation": "low", "input_fidelity": null
            """);

    ImageOptions options = ImageOptions.take(request);

    assertThat(options.asLink()).contains(true);
    assertThat(options.format()).isEqualTo(PictureFormat.WEBP);
    assertThat(options.quality()).isEqualTo(80);
    assertThat(options.stream()).isTrue();
    assertThat(options.partials()).isEqualTo(2);
    assertThat(request.fieldNames()).toIterable().containsExactly("prompt");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"quality\": \"auto\"",
        "\"quality\": \"standard\", \"background\": \"auto\", \"moderation\": \"auto\"",
        "\"stream\": false, \"partial_images\": 0, \"output_compression\": 100",
        "\"quality\": null, \"stream\": null, \"output_format\": null, \"response_format\": null"
      })
  void take_warnsOfNothingWhereNothingSpecialIsAskedFor(String fields) {
    ImageOptions options = take(fields);

    assertThat(options.warnings()).isEmpty();
    assertThat(options.format()).isEqualTo(PictureFormat.PNG);
    assertThat(options.stream()).isFalse();
    assertThat(options.asLink()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "quality, '\"quality\": \"hd\"'",
    "style, '\"style\": \"vivid\"'",
    "background, '\"background\": \"transparent\"'",
    "input_fidelity, '\"input_fidelity\": \"high\"'",
    "output_compression, '\"output_compression\": 50'",
    "partial_images, '\"partial_images\": 2'",
    "response_format, '\"response_format\": \"url\", \"stream\": true'"
  })
  void take_namesWhatHasNoEffect(String field, String fields) {
    assertThat(take(fields).warnings())
        .singleElement()
        .asString()
        .startsWith(field + " has no effect here (");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quality|\"best\"",
        "quality|1",
        "style|\"realistic\"",
        "background|\"white\"",
        "moderation|\"high\"",
        "response_format|\"link\"",
        "output_format|\"gif\"",
        "output_format|[\"png\"]",
        "output_compression|101",
        "output_compression|-1",
        "output_compression|50.5",
        "output_compression|\"50\"",
        "stream|\"true\"",
        "stream|1",
        "partial_images|4",
        "partial_images|true",
        "partial_images|NaN"
      })
  void take_refusesByTheNameOfTheField(String field, String value) {
    assertThatThrownBy(() -> take("\"" + field + "\": " + value))
        .hasMessageStartingWith("The field " + field + " must be ")
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.toError().getField()).isEqualTo(field));
  }

  @Test
  void take_saysWhichValueIsMeant() {
    assertThatThrownBy(() -> take("\"output_format\": \"jpg\""))
        .hasMessage("The field output_format must be one of png, jpeg, webp. Did you mean jpeg?");
  }
}
