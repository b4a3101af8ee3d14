package dev.sluice.trainer.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.diffusion.schedule.BetaSchedule;
import dev.sluice.diffusion.schedule.NoiseSchedule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NoiseOfTest {

  private static final ForwardProcess PROCESS =
      ForwardProcess.variancePreserving(NoiseSchedule.of(BetaSchedule.LINEAR, 1000, 1e-4, 2e-2));

  @ParameterizedTest
  @EnumSource(Prediction.class)
  void read_findsTheNoiseOfAnyAnswer(Prediction prediction) {
    NoiseOf noiseOf = new NoiseOf(PROCESS, prediction);
    for (int t : new int[] {20, 500, 900}) {
      float clean = 0.4f;
      float noise = -1.3f;
      float sample = PROCESS.signal()[t] * clean + PROCESS.noise()[t] * noise;
      float answer =
          (float)
              (prediction.ofSample(PROCESS, t) * clean + prediction.ofNoise(PROCESS, t) * noise);

      assertThat(noiseOf.read(new float[] {answer}, new float[] {sample}, t)[0])
          .isCloseTo(noise, within(2e-2f));
    }
  }
}
