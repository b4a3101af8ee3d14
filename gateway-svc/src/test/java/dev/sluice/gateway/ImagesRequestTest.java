package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.v1.GenerationRequest;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImagesRequestTest {

  @Test
  void parse_readsEveryField() {
    GenerationRequest request =
        ImagesRequest.parse(
            """
            {"prompt": "a circle", "negative_prompt": "blue", "model": "m", "n": 2, "size": "64x32",
             "seed": 9223372036854775807, "steps": 12, "guidance_scale": 2.5,
             "timeout_seconds": 1.5, "response_format": "b64_json", "user": "someone"}
            """);

    assertThat(request.getPrompt()).isEqualTo("a circle");
    assertThat(request.getNegativePrompt()).isEqualTo("blue");
    assertThat(request.getModel()).isEqualTo("m");
    assertThat(request.getN()).isEqualTo(2);
    assertThat(request.getWidth()).isEqualTo(64);
    assertThat(request.getHeight()).isEqualTo(32);
    assertThat(request.getSeed()).isEqualTo(Long.MAX_VALUE);
    assertThat(request.getDenoiser().getSteps()).isEqualTo(12);
    assertThat(request.getDenoiser().getGuidanceScale()).isEqualTo(2.5);
    assertThat(request.getTimeout().getNanos()).isEqualTo(500_000_000);
  }

  @Test
  void parse_leavesOutWhatIsNull() {
    GenerationRequest request = ImagesRequest.parse("{\"prompt\":\"x\",\"seed\":null}");

    assertThat(request.hasSeed()).isFalse();
    assertThat(request.hasDenoiser()).isFalse();
    assertThat(request.hasTimeout()).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prompt\":1}|prompt",
        "{\"prompt\":\"x\",\"n\":0}|n",
        "{\"prompt\":\"x\",\"n\":1.5}|n",
        "{\"prompt\":\"x\",\"n\":\"2\"}|n",
        "{\"prompt\":\"x\",\"seed\":-1}|seed",
        "{\"prompt\":\"x\",\"seed\":9223372036854775808}|seed",
        "{\"prompt\":\"x\",\"steps\":0}|steps",
        "{\"prompt\":\"x\",\"steps\":1000000}|steps",
        "{\"prompt\":\"x\",\"size\":\"64\"}|size",
        "{\"prompt\":\"x\",\"size\":\"0x64\"}|size",
        "{\"prompt\":\"x\",\"size\":[64,64]}|size",
        "{\"prompt\":\"x\",\"guidance_scale\":\"high\"}|guidance_scale",
        "{\"prompt\":\"x\",\"response_format\":\"url\"}|response_format",
        "{\"prompt\":\"x\",\"seeds\":1}|seeds",
        "[]|''",
        "{|''",
        "''|''"
      })
  void parse_refusesByTheNameOfTheField(String body, String field) {
    assertThatThrownBy(() -> ImagesRequest.parse(body))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.toError().getField()).isEqualTo(field));
  }

  @Test
  void parse_keepsNaNForTheCheckOfTheField() {
    GenerationRequest request = ImagesRequest.parse("{\"prompt\":\"x\",\"guidance_scale\":NaN}");

    assertThat(request.getDenoiser().getGuidanceScale()).isNaN();
  }

  @Property
  void parse_failsWithARequestExceptionOrNotAtAll(@ForAll String body) {
    try {
      assertThat(ImagesRequest.parse(body)).isNotNull();
    } catch (RequestException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    }
  }
}
