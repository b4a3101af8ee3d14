package dev.sluice.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.diffusion.prediction.NoiseLevel;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.Sampler;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.SamplingRun;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;

/** What holds for every sampler of the table, whatever the number of steps. */
class SamplerLawsTest {

  private static final int[] SHAPE = {1, 1, 4, 5};
  private static final float EDM_DEVIATION = 0.5f;

  @Provide
  Arbitrary<String> samplers() {
    return Arbitraries.of(Samplers.names());
  }

  private static Sampler sampler(String name) {
    return Samplers.fromConfig(
        Map.of(
            "_class_name",
            name,
            "clip_sample",
            false,
            "set_alpha_to_one",
            true,
            "skip_prk_steps",
            true));
  }

  /** What a network would say that knows the clean sample. */
  private static float[] perfect(Sampler sampler, SamplingPlan plan, SamplingRun run, float[] x) {
    float[] truth = truth();
    float[] input = run.scaleInput(x);
    float[] answer = new float[2 * x.length];
    for (int i = 0; i < x.length; i++) {
      if (sampler.name().startsWith("EDM")) {
        double sigma = plan.sigmas()[run.index()];
        double squares = sigma * sigma + EDM_DEVIATION * EDM_DEVIATION;
        double skip = EDM_DEVIATION * EDM_DEVIATION / squares;
        answer[i] =
            (float) ((truth[i] - skip * x[i]) / (sigma * EDM_DEVIATION / Math.sqrt(squares)));
      } else {
        NoiseLevel level = plan.level(run.index());
        double noise = ((double) input[i] - level.signal() * truth[i]) / level.noise();
        answer[i] = (float) (level.prediction() == PredictionType.FLOW ? noise - truth[i] : noise);
      }
    }
    return answer;
  }

  private static float[] truth() {
    return new TorchGenerator(5).randn(20);
  }

  @Property(tries = 250)
  void run_withAPerfectNetworkEndsAtTheCleanSample(
      @ForAll("samplers") String name, @ForAll @IntRange(min = 2, max = 50) int steps) {
    Sampler sampler = sampler(name);
    SamplingPlan plan = sampler.plan(steps);
    TorchGenerator generator = new TorchGenerator(steps);
    float[] sample = plan.initialSample(generator, SHAPE);
    SamplingRun run = plan.start(SHAPE);
    while (!run.finished()) {
      sample = run.step(perfect(sampler, plan, run, sample), sample, generator).sample();
    }

    // Some end at the lowest noise level of the schedule, with that much noise.
    assertThat(sample).containsExactly(truth(), Offset.offset(0.15f));
  }

  @Property(tries = 120)
  void resume_goesOnAsIfTheRunHadNotStopped(
      @ForAll("samplers") String name,
      @ForAll @IntRange(min = 2, max = 12) int steps,
      @ForAll @IntRange(min = 0, max = 30) int stop,
      @ForAll @IntRange(min = 0, max = 3) int skipped) {
    SamplingPlan plan = sampler(name).plan(steps);
    int begin = Math.min(skipped * plan.questionsPerStep(), plan.length() - 1);
    TorchGenerator generator = new TorchGenerator(7);
    float[] sample = plan.initialSample(generator, SHAPE);
    float[] other = sample;
    TorchGenerator otherGenerator = TorchGenerator.fromState(generator.state());
    SamplingRun straight = plan.startAt(begin, SHAPE);
    SamplingRun stopped = plan.startAt(begin, SHAPE);
    while (!straight.finished()) {
      if (stopped.index() >= stop) {
        stopped = sampler(name).plan(steps).resume(stopped.state());
        otherGenerator = TorchGenerator.fromState(otherGenerator.state());
      }
      sample = straight.step(network(sample, straight.index()), sample, generator).sample();
      other = stopped.step(network(other, stopped.index()), other, otherGenerator).sample();
    }

    assertThat(other).isEqualTo(sample);
  }

  private static float[] network(float[] sample, int step) {
    float[] answer = new float[2 * sample.length];
    for (int i = 0; i < answer.length; i++) {
      answer[i] = (float) Math.sin(sample[i % sample.length] + step + i);
    }
    return answer;
  }

  @Property(tries = 250)
  void plan_isFiniteOrRefused(
      @ForAll("samplers") String name,
      @ForAll TimestepSpacing spacing,
      @ForAll @IntRange(min = 1, max = 1100) int steps,
      @ForAll boolean rescaled) {
    SchedulerConfig config =
        SchedulerConfig.of(
            Map.of(
                "_class_name",
                name,
                "timestep_spacing",
                spacing.configName(),
                "rescale_betas_zero_snr",
                rescaled,
                "prediction_type",
                name.startsWith("FlowMatch") ? "flow_prediction" : "v_prediction"));
    SamplingPlan plan;
    try {
      plan = Samplers.of(config).plan(steps);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageContaining(name).message().doesNotContain("NaN");
      return;
    }
    assertThat(plan.firstUnusable()).isEqualTo(-1);
  }
}
