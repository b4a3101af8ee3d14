package dev.sluice.diffusion.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.diffusion.random.TorchGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class NoiseScheduleTest {

  @Property(tries = 100)
  void alphaBar_fallsWithEveryTimestep(
      @ForAll BetaSchedule kind,
      @ForAll @IntRange(min = 2, max = 2000) int timesteps,
      @ForAll @DoubleRange(min = 1e-5, max = 1e-3) @Scale(6) double start,
      @ForAll @DoubleRange(min = 2e-3, max = 3e-2) @Scale(6) double end) {
    NoiseSchedule schedule = NoiseSchedule.of(kind, timesteps, start, end);
    float previous = 1;
    for (float alphaBar : schedule.alphaBars()) {
      assertThat(alphaBar).isGreaterThanOrEqualTo(0).isLessThanOrEqualTo(previous);
      previous = alphaBar;
    }
    assertThat(schedule.alphaBar(timesteps - 1)).isLessThan(schedule.alphaBar(0));
  }

  @Property(tries = 30)
  void withZeroTerminalSnr_endsInPureNoiseAndKeepsTheBegin(
      @ForAll BetaSchedule kind, @ForAll @IntRange(min = 10, max = 1500) int timesteps) {
    NoiseSchedule schedule = NoiseSchedule.of(kind, timesteps, 1e-4, 0.02);
    NoiseSchedule rescaled = schedule.withZeroTerminalSnr();
    assertThat(rescaled.alphaBar(timesteps - 1)).isZero();
    assertThat(rescaled.alphaBar(0)).isCloseTo(schedule.alphaBar(0), Offset.offset(1e-6f));
  }

  @Test
  void qSampleAndVelocity_areARotation() {
    NoiseSchedule schedule = NoiseSchedule.of(BetaSchedule.LINEAR, 1000, 1e-4, 0.02);
    float[] original = new TorchGenerator(1).randn(32);
    float[] noise = new TorchGenerator(2).randn(32);
    float[] noisy = schedule.qSample(original, noise, 400);
    float[] velocity = schedule.velocity(original, noise, 400);
    for (int i = 0; i < noisy.length; i++) {
      assertThat(noisy[i] * noisy[i] + velocity[i] * velocity[i])
          .isCloseTo(original[i] * original[i] + noise[i] * noise[i], Offset.offset(1e-4f));
    }
  }

  @Test
  void qSample_refusesATimestepOutsideTheSchedule() {
    NoiseSchedule schedule = NoiseSchedule.of(BetaSchedule.LINEAR, 100, 1e-4, 0.02);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> schedule.qSample(new float[4], new float[4], 100))
        .withMessageContaining("0 to 99");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> schedule.qSample(new float[4], new float[5], 1))
        .withMessageContaining("5");
  }
}
