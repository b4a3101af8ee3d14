package dev.sluice.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.safetensors.SafetensorsFile;
import java.util.Arrays;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClippingTest {

  @ParameterizedTest
  @ValueSource(strings = {"0.9", "0.95", "0.995"})
  void quantile_agreesWithTorch(String q) {
    try (SafetensorsFile golden = Goldens.tensors("torch-ops")) {
      float[] rows = golden.floats("in.quantile");
      float[] expected = golden.floats("out.quantile." + q);
      int length = rows.length / expected.length;
      for (int i = 0; i < expected.length; i++) {
        float[] row = Arrays.copyOfRange(rows, i * length, (i + 1) * length);
        assertThat(Quantile.of(row, Float.parseFloat(q)))
            .isCloseTo(expected[i], Offset.offset(1e-6f));
      }
    }
  }

  @Test
  void dynamicThreshold_keepsEverySampleOfABatchWithinOne() {
    Clipping clipping =
        Clipping.of(
            SchedulerConfig.of(
                Map.of("_class_name", "x", "thresholding", true, "sample_max_value", 50)),
            true);
    float[] wild = new TorchGenerator(1).randn(64);
    for (int i = 0; i < 32; i++) {
      wild[i] *= 30;
    }
    for (float value : clipping.apply(wild, 2)) {
      assertThat(value).isBetween(-1f, 1f);
    }
  }
}
