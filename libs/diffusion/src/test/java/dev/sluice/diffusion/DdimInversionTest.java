package dev.sluice.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.SamplingRun;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DdimInversionTest {

  private static final int[] SHAPE = {1, 1, 4, 16};

  /** The variance of data that are normal, so that the best answer is known. */
  private static final double VARIANCE = 0.3;

  private final float[] clean = scaled(new TorchGenerator(1).randn(64), Math.sqrt(VARIANCE));

  private static Map<String, Object> config(String prediction) {
    return Map.of(
        "_class_name",
        "DDIMScheduler",
        "beta_schedule",
        "squaredcos_cap_v2",
        "prediction_type",
        prediction,
        "clip_sample",
        false,
        "timestep_spacing",
        "trailing");
  }

  /** What a network would say that knows the data. */
  private static float[] answer(NoiseLevel level, float[] sample) {
    double s = level.signal();
    double n = level.noise();
    double variance = s * s * VARIANCE + n * n;
    double original = s * VARIANCE / variance;
    double noise = n / variance;
    return scaled(
        sample,
        switch (level.prediction()) {
          case SAMPLE -> original;
          case EPSILON -> noise;
          default -> s * noise - n * original;
        });
  }

  private static float[] scaled(float[] values, double factor) {
    float[] scaled = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      scaled[i] = (float) (factor * values[i]);
    }
    return scaled;
  }

  private static float[] run(SamplingPlan plan, float[] start) {
    SamplingRun run = plan.start(SHAPE);
    float[] sample = start;
    while (!run.finished()) {
      sample = run.step(answer(plan.level(run.index()), sample), sample, null).sample();
    }
    return sample;
  }

  private float[] noise(String prediction, int steps) {
    return run(
        Samplers.inversion(SchedulerConfig.of(config(prediction)), SamplingOptions.ofSteps(steps)),
        clean);
  }

  private double lost(String prediction, int steps) {
    float[] again =
        run(Samplers.fromConfig(config(prediction)).plan(steps), noise(prediction, steps));
    double worst = 0;
    for (int i = 0; i < clean.length; i++) {
      worst = Math.max(worst, Math.abs(again[i] - clean[i]));
    }
    return worst;
  }

  @ParameterizedTest
  @ValueSource(strings = {"epsilon", "sample", "v_prediction"})
  void inversion_isWhatSamplingUndoes(String prediction) {
    assertThat(lost(prediction, 200)).isLessThan(0.03);
    assertThat(lost(prediction, 200)).isLessThan(lost(prediction, 50) / 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sample", "v_prediction"})
  void inversion_findsTheSameNoiseWhateverTheNetworkPredicts(String prediction) {
    float[] expected = noise("epsilon", 50);
    float[] found = noise(prediction, 50);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found[i])
          .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(0.02));
    }
  }

  @Test
  void inversion_endsInNoiseOfVarianceOne() {
    float[] noise = noise("epsilon", 200);
    for (int i = 0; i < noise.length; i++) {
      assertThat(noise[i] / clean[i])
          .isCloseTo((float) (1 / Math.sqrt(VARIANCE)), org.assertj.core.data.Offset.offset(0.1f));
    }
  }

  @Test
  void inversion_ofRectifiedFlowIsRefused() {
    SchedulerConfig flow =
        SchedulerConfig.of(Map.of("_class_name", "FlowMatchEulerDiscreteScheduler"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Samplers.forInversion(flow))
        .withMessageContaining("rectified flow");
  }
}
