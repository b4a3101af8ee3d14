package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.v1.SamplingSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingRangesTest {

  private static SamplingSettings settings(String json) throws Exception {
    SamplingSettings.Builder settings = SamplingSettings.newBuilder();
    JsonFormat.parser().merge(json, settings);
    return settings.build();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{steps: 1, guidance_scale: 0, eta: 0}",
        "{steps: 1000, guidance_scale: 100, eta: 1, cache_interval: 1000}",
        "{temperature: 0, top_k: 1}",
        "{temperature: 10, top_k: 1000}",
        "{guidance_rescale: 1, guidance_start: 0.5, guidance_end: 0.5}",
        "{static_threshold: 0, classifier_scale: 10000, clip_scale: 10000}",
        "{dynamic_threshold: 1, dynamic_threshold_max: 1, noise_level: 0}"
      })
  void check_takesWhatIsInRange(String json) throws Exception {
    SamplingSettings settings = settings(json);

    assertThatCode(() -> SamplingRanges.check(settings)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{steps: 0}                                       | steps                 | 1 to 1000",
        "{steps: 1001}                                    | steps                 | 1 to 1000",
        "{steps: 4294967295}                              | steps                 | 4294967295",
        "{top_k: 0}                                       | top_k                 | 1 to 1000",
        "{temperature: 10.5}                              | temperature           | 0 to 10",
        "{cache_interval: 0}                              | cache_interval        | 1 to 1000",
        "{noise_level: 4294967295}                        | noise_level           | timestep",
        "{guidance_scale: 100.5}                          | guidance_scale        | 0 to 100",
        "{guidance_scale: NaN}                            | guidance_scale        | NaN",
        "{eta: -0.1}                                      | eta                   | 0 to 1",
        "{guidance_rescale: 1.1}                          | guidance_rescale      | 0 to 1",
        "{guidance_start: 0.6, guidance_end: 0.5}         | guidance_end          | exchange",
        "{classifier_scale: 10001}                        | classifier_scale      | 0 to 10000",
        "{clip_scale: Infinity}                           | clip_scale            | 0 to 10000",
        "{static_threshold: 1, dynamic_threshold: 0.5}    | static_threshold      | one of them",
        "{static_threshold: 1001}                         | static_threshold      | 0 to 1000",
        "{dynamic_threshold: 0}                           | dynamic_threshold     | quantile 0",
        "{dynamic_threshold: 1, dynamic_threshold_max: 0} | dynamic_threshold_max | 1 or more",
        "{dynamic_threshold_max: 2}                       | dynamic_threshold_max | go with"
      })
  void check_refusesWhatIsOutOfRangeByTheNameOfItsField(String json, String field, String message)
      throws Exception {
    SamplingSettings settings = settings(json);

    assertThatThrownBy(() -> SamplingRanges.check(settings))
        .isInstanceOfSatisfying(
            OutOfRangeException.class, e -> assertThat(e.field()).isEqualTo(field))
        .hasMessageContaining(message);
  }
}
