package dev.sluice.trainer.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.diffusion.schedule.BetaSchedule;
import dev.sluice.diffusion.schedule.NoiseSchedule;
import dev.sluice.trainer.recipe.RecipeException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The equations, by numbers. */
class DiffusionTest {

  private static final NoiseSchedule LINEAR =
      NoiseSchedule.of(BetaSchedule.LINEAR, 1000, 1e-4, 2e-2);
  private static final ForwardProcess PRESERVING = ForwardProcess.variancePreserving(LINEAR);
  private static final ForwardProcess FLOW = ForwardProcess.rectifiedFlow(4, Optional.empty());

  @Test
  void variancePreserving_isTheSchedules() {
    assertThat(PRESERVING.timesteps()).isEqualTo(1000);
    assertThat(PRESERVING.signal()[0]).isEqualTo((float) Math.sqrt(1 - 1e-4));
    // Of DDPM's schedule about 4e-5 of the signal's variance is left at the end.
    assertThat((double) PRESERVING.signal()[999]).isCloseTo(Math.sqrt(4.0358e-5), within(1e-6));
    assertThat(PRESERVING.told()[999]).isEqualTo(999);
    for (int t = 0; t < 1000; t++) {
      double signal = PRESERVING.signal()[t];
      double noise = PRESERVING.noise()[t];
      assertThat(signal * signal + noise * noise).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void rectifiedFlow_goesStraight() {
    assertThat(FLOW.signal()).containsExactly(0.75f, 0.5f, 0.25f, 0);
    assertThat(FLOW.noise()).containsExactly(0.25f, 0.5f, 0.75f, 1);
    assertThat(FLOW.told()).containsExactly(1, 2, 3, 4);
    assertThat(FLOW.signalToNoise(0)).isEqualTo(9);
  }

  /** DDPM, eq. 7, worked out for three betas by hand. */
  @Test
  void posterior_isNormal() {
    // alpha-bar: 0.9, 0.72, 0.36.
    Posterior posterior = Posterior.of(NoiseSchedule.ofBetas(0.1f, 0.2f, 0.5f));

    assertThat(posterior.ofSample()[0]).isCloseTo(1, within(1e-6));
    assertThat(posterior.ofNoised()[0]).isCloseTo(0, within(1e-6));
    assertThat(posterior.variance()[0]).isCloseTo(0, within(1e-6));
    assertThat(posterior.ofSample()[2]).isCloseTo(Math.sqrt(0.72) * 0.5 / 0.64, within(1e-6));
    assertThat(posterior.ofNoised()[2]).isCloseTo(Math.sqrt(0.5) * 0.28 / 0.64, within(1e-6));
    assertThat(posterior.variance()[2]).isCloseTo(0.5 * 0.28 / 0.64, within(1e-6));
  }

  /** Of an answer that is off by what {@code perNoise} says, the noise is off by one. */
  @ParameterizedTest
  @EnumSource(Prediction.class)
  void predictions_standForNoise(Prediction prediction) {
    int t = 400;
    double signal = PRESERVING.signal()[t];
    double noise = PRESERVING.noise()[t];
    double clean = 0.3;
    double drawn = -0.7;
    double sample = signal * clean + noise * drawn;
    double right =
        prediction.ofSample(PRESERVING, t) * clean + prediction.ofNoise(PRESERVING, t) * drawn;
    // Another pair that gives the same noised sample.
    double otherNoise = drawn + 1;
    double otherClean = (sample - noise * otherNoise) / signal;
    double other =
        prediction.ofSample(PRESERVING, t) * otherClean
            + prediction.ofNoise(PRESERVING, t) * otherNoise;

    assertThat(other - right).isCloseTo(prediction.perNoise(PRESERVING, t), within(1e-9));
  }

  @Test
  void velocityAndFlow_areTheirEquations() {
    double signal = PRESERVING.signal()[400];
    double noise = PRESERVING.noise()[400];
    assertThat(Prediction.VELOCITY.ofSample(PRESERVING, 400)).isEqualTo(-noise);
    assertThat(Prediction.VELOCITY.ofNoise(PRESERVING, 400)).isEqualTo(signal);
    assertThat(Prediction.VELOCITY.perNoise(PRESERVING, 400)).isCloseTo(1 / signal, within(1e-6));
    assertThat(Prediction.FLOW.perNoise(FLOW, 0)).isCloseTo(1 / 0.75, within(1e-6));
  }

  /** DDPM, eq. 12: beta / (2 alpha (1 - alpha-bar)) of the noise, with the variance beta. */
  @Test
  void bound_isTheDivergencesFactor() {
    double beta = LINEAR.beta(300);
    double expected = beta / (2 * (1 - beta) * (1 - LINEAR.alphaBar(300)));

    assertThat(new Weighting.Bound().of(PRESERVING, Prediction.NOISE, 300))
        .isCloseTo(expected, within(1e-9));
    // Eq. 8: of the mean it is 1 / (2 sigma^2).
    assertThat(new Weighting.Bound().of(PRESERVING, Prediction.MEAN, 300))
        .isCloseTo(1 / (2 * beta), within(1e-2));
  }

  @Test
  void minSnr_isTheRatioUpToABoundOnTheSample() {
    Weighting weighting = new Weighting.MinSnr(5, 0.05);

    for (int t : new int[] {0, 200, 500, 999}) {
      double ratio = PRESERVING.signalToNoise(t);
      double onSample = Math.max(0.05, Math.min(5, ratio));
      assertThat(weighting.of(PRESERVING, Prediction.SAMPLE, t))
          .isCloseTo(onSample, within(1e-6 * onSample));
      assertThat(weighting.of(PRESERVING, Prediction.NOISE, t))
          .isCloseTo(onSample / ratio, within(1e-6 * onSample / ratio));
      // Hang et al., section 3.4: of velocity, min(SNR, gamma) / (SNR + 1).
      assertThat(weighting.of(PRESERVING, Prediction.VELOCITY, t))
          .isCloseTo(onSample / (ratio + 1), within(1e-5 * onSample));
    }
  }

  @Test
  void p2_andSimple() {
    assertThat(new Weighting.P2(1, 1).of(FLOW, Prediction.NOISE, 0)).isEqualTo(0.1);
    assertThat(new Weighting.Simple().of(PRESERVING, Prediction.VELOCITY, 7)).isEqualTo(1);
  }

  @Test
  void whatNeedsBetas_saysSoOfOtherProcesses() {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> new Weighting.Bound().of(FLOW, Prediction.NOISE, 0))
        .withMessageContaining("variance-preserving");
  }
}
