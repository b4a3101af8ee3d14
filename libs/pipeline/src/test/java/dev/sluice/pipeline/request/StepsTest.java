package dev.sluice.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.diffusion.sampling.SamplingPlan;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class StepsTest {

  private static final Sampling TEN = Sampling.ofSteps(10);
  private static final SamplingPlan PLAN =
      TEN.plan(SchedulerConfig.of(Map.of("_class_name", "DDIMScheduler")));

  private static final SamplingPlan TWICE =
      TEN.plan(SchedulerConfig.of(Map.of("_class_name", "HeunDiscreteScheduler")));

  private static int skipped(double strength) {
    return skipped(PLAN, strength);
  }

  private static int skipped(SamplingPlan plan, double strength) {
    DenoiseRequest.Span span =
        new DenoiseRequest.Span(strength, OptionalDouble.empty(), OptionalDouble.empty());
    return Steps.skippedByStrength(plan, new DenoiseRequest(List.of(Map.of()), TEN, 0, 0, span));
  }

  @Test
  void skippedByStrength_leavesThatShareOfTheSteps() {
    assertThat(skipped(1)).isZero();
    assertThat(skipped(0.75)).isEqualTo(3);
    assertThat(skipped(0.1)).isEqualTo(9);
    assertThatThrownBy(() -> skipped(0.05))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a strength of 0.05 leaves none of the 10 steps");
  }

  @Test
  void above_andBelowAShareOfTheScheduleAreAllSteps() {
    // Timesteps 900, 800 ... 0: eight of them are at 200 or above.
    assertThat(Steps.above(PLAN, 0.8, 1000)).isEqualTo(8);
    assertThat(Steps.end(PLAN, OptionalDouble.of(0.8), 1000)).isEqualTo(8);
    assertThat(Steps.end(PLAN, OptionalDouble.empty(), 1000)).isEqualTo(10);
  }

  @Test
  void samplersThatAskTwiceAStep_startAndEndWithWholeSteps() {
    assertThat(TWICE.length()).isEqualTo(19);
    assertThat(skipped(TWICE, 0.75)).isEqualTo(6);
    assertThat(skipped(TWICE, 0.1)).isEqualTo(18);
    for (double share = 0.05; share < 1; share += 0.05) {
      assertThat(Steps.above(TWICE, share, 1000)).isEven();
    }
  }

  @Test
  void span_refusesWhatIsNoShare() {
    assertThatThrownBy(
            () ->
                new DenoiseRequest.Span(Double.NaN, OptionalDouble.empty(), OptionalDouble.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("strength is NaN; expected 0 to 1");
  }
}
