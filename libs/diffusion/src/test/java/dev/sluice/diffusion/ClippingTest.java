package dev.sluice.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.diffusion.config.Clipping;
import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.config.Thresholding;
import dev.sluice.diffusion.math.Quantile;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingRun;
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
            new SchedulerMembers(
                SamplerKind.DDIM, Map.of("thresholding", true, "sample_max_value", 50)),
            true);
    float[] wild = new TorchGenerator(1).randn(64);
    for (int i = 0; i < 32; i++) {
      wild[i] *= 30;
    }
    for (float value : clipping.apply(wild, 2)) {
      assertThat(value).isBetween(-1f, 1f);
    }
  }

  /** With sample prediction the network's answer is the clean sample. */
  private static float[] answered(SchedulerConfig config, float[] answer) {
    SamplingRun run = Samplers.of(config).plan(10).start(1, answer.length);
    return run.step(answer, new float[answer.length], new TorchGenerator(1)).predictedOriginal();
  }

  private static SchedulerConfig predictsSamples(String name) {
    return SchedulerConfig.of(
        Map.of("_class_name", name, "prediction_type", "sample", "clip_sample", true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"DDIMScheduler", "DDPMScheduler", "UnCLIPScheduler"})
  void withThresholding_goesBeforeWhatTheConfigSays(String name) {
    float[] answer = {-4, -1.5f, 0.5f, 2};
    SchedulerConfig config = predictsSamples(name);

    assertThat(answered(config, answer)).containsExactly(-1, -1, 0.5f, 1);
    assertThat(answered(config.withThresholding(new Thresholding.None()), answer))
        .containsExactly(answer);
    assertThat(answered(config.withThresholding(new Thresholding.Fixed(2)), answer))
        .containsExactly(-2, -1.5f, 0.5f, 2);
    // The whole range is kept: everything is divided by 4.
    assertThat(answered(config.withThresholding(dynamic(1, Double.POSITIVE_INFINITY)), answer))
        .containsExactly(-1, -0.375f, 0.125f, 0.5f);
    assertThat(answered(config.withThresholding(dynamic(1, 2)), answer))
        .containsExactly(-1, -0.75f, 0.25f, 1);
    // The median of the magnitudes 0.5, 1.5, 2, 4.
    assertThat(answered(config.withThresholding(dynamic(0.5, 9)), answer))
        .containsExactly(-1, -1.5f / 1.75f, 0.5f / 1.75f, 1);
  }

  private static Thresholding dynamic(double quantile, double most) {
    return new Thresholding.Dynamic(quantile, most);
  }

  @Test
  void withThresholding_refusesWhatASamplerHasNoUseFor() {
    SchedulerConfig euler = predictsSamples("EulerDiscreteScheduler");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> euler.withThresholding(dynamic(0.9, 2)))
        .withMessageStartingWith("EulerDiscreteScheduler has no use for dynamic_threshold")
        .withMessageContaining("DDIMScheduler");
    SchedulerConfig solver = predictsSamples("DPMSolverMultistepScheduler");
    assertThat(solver.withThresholding(dynamic(0.9, 2)).className()).isEqualTo(solver.className());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> solver.withThresholding(new Thresholding.Fixed(1)))
        .withMessageContaining("static_threshold");
  }

  @Test
  void thresholding_rejectsWhatIsNoRange() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Thresholding.Fixed(0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Thresholding.Fixed(Double.NaN));
    assertThatIllegalArgumentException().isThrownBy(() -> dynamic(0, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> dynamic(1.1, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> dynamic(0.9, 0.5));
  }
}
