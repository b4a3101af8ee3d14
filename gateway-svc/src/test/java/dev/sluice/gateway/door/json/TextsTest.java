package dev.sluice.gateway.door.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.planning.request.RequestChecks;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.Texts;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextsTest {

  private static GenerationRequest parse(String json) {
    return RequestJson.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prompt\": \"a \\ud83d\"}|prompt",
        "{\"negative_prompt\": \"\\udc00\"}|negative_prompt",
        "{\"prompt\": \"a\\u0000b\"}|prompt",
        "{\"upscaler\": [{}, {\"sampler\": \"\\ud800\"}]}|upscaler[1].sampler",
        "{\"interpolation\": {\"change\": {\"to\": \"\\ud800\"}}}|interpolation.change.to"
      })
  void check_refusesHalvesOfCharactersByTheirField(String json, String field) {
    assertThatThrownBy(() -> RequestChecks.check(parse(json)))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.toError().getField()).isEqualTo(field));
  }

  @Test
  void check_takesWholeCharacters() {
    assertThatCode(() -> Texts.check(parse("{\"prompt\": \"\\ud83d\\ude00 ä\"}")))
        .doesNotThrowAnyException();
  }

  /** Else the answer could not be written. */
  @Test
  void quotable_isTheTextWithoutWhatHasNoEncoding() {
    assertThat(Texts.quotable("a\ud800b\udc00\0")).isEqualTo("a\ufffdb\ufffd\ufffd");
    assertThatThrownBy(() -> parse("{\"\\ud800\": 1}"))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("\ufffd");
  }
}
