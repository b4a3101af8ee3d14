package dev.sluice.pipeline.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.pipeline.batch.ToyNetwork;
import dev.sluice.pipeline.loop.DenoiseLoop;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.GuidanceOptions;
import dev.sluice.pipeline.request.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuidanceIntervalTest {

  private static final int STEPS = 10;

  /** Ten steps at the timesteps 900, 800 ... 0 of 1000. */
  private static final SamplingPlan PLAN =
      Samplers.fromConfig(Map.of("_class_name", "DDIMScheduler")).plan(STEPS);

  private static final Guidance GUIDED =
      Guidance.classifierFree(
          () -> ToyNetwork.condition(0), ToyNetwork.condition(0.7f), Sampling.of(STEPS, 5));

  private static GuidanceInterval between(double start, double end) {
    return GuidanceInterval.of(PLAN, new GuidanceOptions(0, start, end), 1000);
  }

  @Test
  void of_countsSharesOfTheScheduleFromNoiseToPicture() {
    assertThat(between(0, 1)).isEqualTo(new GuidanceInterval(0, STEPS));
    assertThat(between(0.3, 0.7)).isEqualTo(new GuidanceInterval(3, 7));
    assertThat(between(0.25, 0.75)).isEqualTo(new GuidanceInterval(2, 7));
    assertThat(between(0, 0)).isEqualTo(new GuidanceInterval(0, 0));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void options_rejectWhatIsNoShare(double share) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GuidanceOptions(0, share, 1))
        .withMessage("guidance_start is " + share + "; expected 0 to 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GuidanceOptions(0, 0.6, 0.4))
        .withMessageContaining("expected the end after the start");
  }

  @Test
  void loop_asksAboutNothingOnlyWithinTheInterval() {
    DenoiseLoop loop = loop(GUIDED, between(0.3, 0.7));
    List<Integer> rows = new ArrayList<>();
    while (!loop.finished()) {
      rows.add(loop.rows().size());
      step(loop);
    }
    assertThat(rows).containsExactly(1, 1, 1, 2, 2, 2, 2, 1, 1, 1);
  }

  @Test
  void loop_isUnguidedUpToTheIntervalAndGuidedFromThere() {
    DenoiseLoop late = loop(GUIDED, between(0.5, 1));
    DenoiseLoop unguided = loop(GUIDED.unguided(), GuidanceInterval.ALL);
    for (int i = 0; i < STEPS / 2; i++) {
      step(late);
      step(unguided);
    }
    assertThat(late.sample().values()).isEqualTo(unguided.sample().values());

    step(late);
    step(unguided);
    assertThat(late.sample().values()).isNotEqualTo(unguided.sample().values());
  }

  private static DenoiseLoop loop(Guidance guidance, GuidanceInterval interval) {
    TorchGenerator generator = new TorchGenerator(3);
    return DenoiseLoop.startAt(
        PLAN,
        Start.fromNoise(PLAN, generator, 1, 3, 4, 4),
        List.of(guidance),
        interval,
        generator,
        StepListener.NONE);
  }

  private static void step(DenoiseLoop loop) {
    loop.accept(new ToyNetwork().ask(loop.rows()));
  }
}
