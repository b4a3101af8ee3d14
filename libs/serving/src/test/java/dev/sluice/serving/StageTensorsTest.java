package dev.sluice.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.stage.work.InvalidTaskException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StageTensorsTest {

  private static Map<String, Tensor> text() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("text_embeds", TensorMessages.of(new float[] {1, 2}, 1, 2));
    tensors.put("text_hidden_states", TensorMessages.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 3, 2));
    tensors.put("text_mask", TensorMessages.of(new long[] {1, 1, 0}, 1, 3));
    return tensors;
  }

  @Test
  void of_isTheInverseOfText() {
    assertThat(StageTensors.of(StageTensors.text(text(), "").tensors(""))).isEqualTo(text());
  }

  @Test
  void text_namesTheTensorThatIsMissing() {
    assertThatThrownBy(() -> StageTensors.text(text(), TensorNames.NEGATIVE))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("negative_text_embeds is missing")
        .hasMessageContaining("given: [text_embeds, text_hidden_states, text_mask]");
  }

  @Test
  void text_refusesAMaskThatIsNotOneOfTheTokens() {
    Map<String, Tensor> tensors = text();
    tensors.put("text_mask", TensorMessages.of(new long[] {1, 1}, 1, 2));

    assertThatThrownBy(() -> StageTensors.text(tensors, ""))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("[1, 3, 2]")
        .hasMessageContaining("[1, 2]");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void floats_refusesWhatIsNotFinite(float value) {
    Map<String, Tensor> tensors =
        Map.of("sample", TensorMessages.of(new float[] {0, value}, 1, 1, 1, 2));

    assertThatThrownBy(() -> StageTensors.floats(tensors, "sample"))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("element 1 is " + value);
  }

  @ParameterizedTest
  @CsvSource({"0, 4", "1001, 4", "-1, 4", "5, NaN", "5, -0.1", "5, 101", "5, Infinity"})
  void samplings_refuseWhatIsOutOfRange(int steps, double scale) {
    SamplingSettings parameters = StageTrial.sampling(steps, scale);

    assertThatThrownBy(() -> Samplings.of(parameters, "parameters.sampling"))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining(steps == 5 ? String.valueOf(scale) : "1 to 1000");
  }
}
