package dev.sluice.diffusion.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sluice.diffusion.Goldens;
import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.random.TorchGenerator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingRunTest {

  private static final int[] SHAPE = {1, 3, 4, 5};

  static List<String> packs() {
    return Goldens.schedulerPacks();
  }

  /** A smooth stand-in for a trained network that answers with a variance too. */
  private static float[] network(float[] sample, float timestep) {
    float[] output = new float[2 * sample.length];
    for (int i = 0; i < output.length; i++) {
      output[i] = (float) Math.sin(sample[i % sample.length] + timestep / 500 + i);
    }
    return output;
  }

  private static float[] finish(
      SamplingPlan plan, SamplingRun run, float[] start, NoiseSource noise) {
    float[] sample = start;
    while (!run.finished()) {
      float[] output = network(run.scaleInput(sample), run.timestep());
      sample = run.step(output, sample, noise).sample();
    }
    return sample;
  }

  @ParameterizedTest
  @MethodSource("packs")
  void resume_afterAnyStepGivesTheSameSample(String pack) {
    Map<String, Object> config = Goldens.json("schedulers/" + pack, "scheduler_config.json");
    SamplingOptions options = SamplingOptions.ofSteps(8).withShift(0.8);
    SamplingPlan plan = Samplers.fromConfig(config).plan(options);
    TorchGenerator generator = new TorchGenerator(11);
    float[] start = plan.initialSample(generator, SHAPE);
    byte[] drawn = generator.state();
    float[] undisturbed = finish(plan, plan.start(SHAPE), start, generator);

    for (int cut = 0; cut <= plan.length(); cut++) {
      TorchGenerator before = TorchGenerator.fromState(drawn);
      SamplingRun run = plan.start(SHAPE);
      float[] sample = start;
      while (run.index() < cut) {
        sample = run.step(network(run.scaleInput(sample), run.timestep()), sample, before).sample();
      }
      RunState state = run.state();
      TorchGenerator after = TorchGenerator.fromState(before.state());
      SamplingPlan elsewhere = Samplers.fromConfig(config).plan(options);

      assertThat(finish(elsewhere, elsewhere.resume(state), sample, after))
          .as("stopped before step %d", cut)
          .isEqualTo(undisturbed);
    }
  }

  @ParameterizedTest
  @MethodSource("packs")
  void step_leavesItsArgumentsAsTheyWere(String pack) {
    Map<String, Object> config = Goldens.json("schedulers/" + pack, "scheduler_config.json");
    SamplingPlan plan = Samplers.fromConfig(config).plan(SamplingOptions.ofSteps(6).withShift(1));
    TorchGenerator generator = new TorchGenerator(3);
    float[] sample = plan.initialSample(generator, SHAPE);
    SamplingRun run = plan.start(SHAPE);
    while (!run.finished()) {
      float[] output = network(sample, run.timestep());
      float[] outputBefore = output.clone();
      float[] sampleBefore = sample.clone();
      StepResult result = run.step(output, sample, generator);
      assertThat(output).isEqualTo(outputBefore);
      assertThat(sample).isEqualTo(sampleBefore);
      sample = result.sample();
    }
  }

  @Property(tries = 30)
  void ddimWithoutEta_drawsNoNoise(@ForAll @IntRange(min = 1, max = 30) int steps) {
    SamplingPlan plan = Samplers.fromConfig(Map.of("_class_name", "DDIMScheduler")).plan(steps);
    float[] start = plan.initialSample(new TorchGenerator(1), SHAPE);

    assertThat(finish(plan, plan.start(SHAPE), start, NoiseSource.none())).hasSameSizeAs(start);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DDIMScheduler",
        "EulerDiscreteScheduler",
        "DPMSolverMultistepScheduler",
        "PNDMScheduler",
        "FlowMatchEulerDiscreteScheduler"
      })
  void deterministicSampler_withAPerfectNetworkFindsTheOriginal(String name) {
    Map<String, Object> config =
        Map.of("_class_name", name, "clip_sample", false, "set_alpha_to_one", true);
    Sampler sampler = Samplers.fromConfig(config);
    SamplingPlan plan = sampler.plan(12);
    float[] truth = new TorchGenerator(5).randn(60);
    float[] sample = plan.initialSample(new TorchGenerator(6), SHAPE);
    SamplingRun run = plan.start(SHAPE);
    while (!run.finished()) {
      float[] output = perfect(sampler, plan, run, sample, truth);
      sample = run.step(output, sample, NoiseSource.none()).sample();
    }
    assertThat(sample).containsExactly(truth, Offset.offset(2e-3f));
  }

  /** The noise (for flow, the velocity) that is in the sample if {@code truth} is the original. */
  private static float[] perfect(
      Sampler sampler, SamplingPlan plan, SamplingRun run, float[] sample, float[] truth) {
    boolean exploding = sampler.name().equals("EulerDiscreteScheduler");
    boolean flow = sampler.predictionType() == PredictionType.FLOW;
    double sigma;
    double signal;
    if (flow || exploding) {
      sigma = plan.sigmas()[run.index()];
      signal = flow ? 1 - sigma : 1;
    } else {
      double alphaBar = sampler.noiseSchedule().orElseThrow().alphaBar((int) run.timestep());
      sigma = Math.sqrt(1 - alphaBar);
      signal = Math.sqrt(alphaBar);
    }
    float[] output = new float[sample.length];
    for (int i = 0; i < output.length; i++) {
      double noise = (sample[i] - signal * truth[i]) / sigma;
      output[i] = (float) (flow ? noise - truth[i] : noise);
    }
    return output;
  }

  @Test
  void ddimWithFullEta_stepsAsDdpmDoes() {
    Map<String, Object> shared = Map.of("clip_sample", false, "variance_type", "fixed_small");
    SamplingPlan ddim =
        Samplers.of(SchedulerConfig.of(withName(shared, "DDIMScheduler")))
            .plan(SamplingOptions.ofSteps(20).withEta(1));
    SamplingPlan ddpm = Samplers.fromConfig(withName(shared, "DDPMScheduler")).plan(20);
    float[] sample = new TorchGenerator(1).randn(60);
    float[] output = new TorchGenerator(2).randn(60);

    float[] one = ddim.start(SHAPE).step(output, sample, new TorchGenerator(3)).sample();
    float[] other = ddpm.start(SHAPE).step(output, sample, new TorchGenerator(3)).sample();

    assertThat(one).containsExactly(other, Offset.offset(1e-4f));
  }

  private static Map<String, Object> withName(Map<String, Object> config, String name) {
    Map<String, Object> named = new HashMap<>(config);
    named.put("_class_name", name);
    return named;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void dpmSolver_leavesTheSampleAloneBetweenEqualNoiseLevels(int order) {
    Map<String, Object> config =
        Map.of("use_karras_sigmas", true, "final_sigmas_type", "sigma_min", "solver_order", order);
    SamplingPlan plan =
        Samplers.fromConfig(withName(config, "DPMSolverMultistepScheduler")).plan(20);
    float[] sigmas = plan.sigmas();
    assertThat(sigmas[19]).isEqualTo(sigmas[20]);
    SamplingRun run = plan.start(SHAPE);
    float[] sample = plan.initialSample(new TorchGenerator(1), SHAPE);
    float[] before = sample;
    while (!run.finished()) {
      before = sample;
      sample = run.step(network(sample, run.timestep()), sample, NoiseSource.none()).sample();
    }
    assertThat(sample).isEqualTo(before);
  }

  @Test
  void startAt_makesOnlyTheRemainingSteps() {
    SamplingPlan plan =
        Samplers.fromConfig(Map.of("_class_name", "EulerDiscreteScheduler")).plan(9);
    SamplingRun run = plan.startAt(6, SHAPE);
    assertThat(run.timestep()).isEqualTo(plan.timestep(6));

    finish(plan, run, new float[60], NoiseSource.none());

    assertThat(run.index()).isEqualTo(9);
  }

  @Test
  void step_refusesAnOutputOfTheWrongSize() {
    SamplingRun run =
        Samplers.fromConfig(Map.of("_class_name", "DDIMScheduler")).plan(3).start(SHAPE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.step(new float[61], new float[60], NoiseSource.none()))
        .withMessageContaining("61")
        .withMessageContaining("60");
  }

  @Test
  void step_afterTheLastIsRefused() {
    SamplingPlan plan = Samplers.fromConfig(Map.of("_class_name", "DDIMScheduler")).plan(1);
    SamplingRun run = plan.start(SHAPE);
    finish(plan, run, new float[60], NoiseSource.none());
    assertThatIllegalStateException().isThrownBy(run::timestep);
  }

  @Test
  void step_withLearnedVarianceNeedsTwiceTheChannels() {
    SamplingRun run =
        Samplers.fromConfig(
                Map.of("_class_name", "UnCLIPScheduler", "variance_type", "learned_range"))
            .plan(5)
            .start(SHAPE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.step(new float[60], new float[60], new TorchGenerator(1)))
        .withMessageContaining("twice the sample's channels");
  }

  @Test
  void resume_refusesAStateFromALongerPlan() {
    SamplingPlan plan = Samplers.fromConfig(Map.of("_class_name", "DDIMScheduler")).plan(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.resume(new RunState(SHAPE, 0, 4, Map.of())))
        .withMessageContaining("within 3 steps");
  }
}
