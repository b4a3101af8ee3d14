package dev.sluice.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.diffusion.prediction.PredictionType;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampling.Sampler;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.SamplingRun;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplersTest {

  static List<String> names() {
    return Samplers.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void fromConfig_takesTheClassesDefaultsForAnEmptyConfig(String name) {
    Sampler sampler = Samplers.fromConfig(Map.of("_class_name", name));
    assertThat(sampler.name()).isEqualTo(name);
    SamplingPlan plan = sampler.plan(10);
    assertThat(plan.length()).isGreaterThanOrEqualTo(10);
    for (int i = 1; i < plan.length(); i++) {
      assertThat(plan.timestep(i)).isLessThanOrEqualTo(plan.timestep(i - 1) + 50);
    }
  }

  @Test
  void fromConfig_namesAnUnknownSamplerAndTheKnownOnes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Samplers.fromConfig(Map.of("_class_name", "CogVideoXDPMScheduler")))
        .withMessageContaining("CogVideoXDPMScheduler")
        .withMessageContaining("EulerDiscreteScheduler");
  }

  @ParameterizedTest
  @CsvSource({"beta_end, NaN", "beta_start, Infinity", "beta_end, 12", "beta_start, -0.5"})
  void fromConfig_refusesNoiseThatThereCannotBe(String key, double value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Samplers.fromConfig(Map.of("_class_name", "PNDMScheduler", key, value)))
        .withMessageContaining("beta");
  }

  @Test
  void fromConfig_refusesGivenBetasThatAreNone() {
    for (List<Double> betas : List.of(List.<Double>of(), List.of(0.1, Double.NaN), List.of(2.0))) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  Samplers.fromConfig(
                      Map.of("_class_name", "DDIMScheduler", "trained_betas", betas)))
          .withMessageContaining("beta");
    }
  }

  @Test
  void fromConfig_takesWhatIsUnboundedByItself() {
    Map<String, Object> config =
        Map.of("_class_name", "DPMSolverMultistepScheduler", "lambda_min_clipped", "-inf");

    assertThat(Samplers.fromConfig(config).plan(4).length()).isEqualTo(4);
  }

  /** Lin et al. 2023, table 2: ten steps of a schedule of 1000. */
  @Test
  void withSpacing_goesBeforeWhatTheConfigSays() {
    SchedulerConfig config = SchedulerConfig.of(Map.of("_class_name", "DDIMScheduler"));
    assertThat(timesteps(config)).startsWith(900, 800).endsWith(0);
    assertThat(timesteps(config.withSpacing(TimestepSpacing.TRAILING)))
        .startsWith(999, 899)
        .endsWith(99);
    assertThat(timesteps(config.withSpacing(TimestepSpacing.LINSPACE)))
        .startsWith(999, 888)
        .endsWith(0);
  }

  private static float[] timesteps(SchedulerConfig config) {
    return Samplers.of(config).plan(10).timesteps();
  }

  @Test
  void withSpacing_refusesASamplerThatSpacesItself() {
    SchedulerConfig config = SchedulerConfig.of(Map.of("_class_name", "UnCLIPScheduler"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withSpacing(TimestepSpacing.TRAILING))
        .withMessageStartingWith("UnCLIPScheduler has no use for timestep_spacing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimestepSpacing.named("wide"))
        .withMessage("timestep_spacing is wide; expected one of [linspace, leading, trailing]");
  }

  @Test
  void fromConfig_needsAClassName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Samplers.fromConfig(Map.of()))
        .withMessageContaining("_class_name");
  }

  @Test
  void fromConfig_namesTheMemberThatIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Samplers.fromConfig(
                    Map.of("_class_name", "DDIMScheduler", "prediction_type", "vibes")))
        .withMessageContaining("DDIMScheduler")
        .withMessageContaining("vibes")
        .withMessageContaining("v_prediction");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Samplers.fromConfig(Map.of("_class_name", "DDIMScheduler", "clip_sample", 1)))
        .withMessageContaining("clip_sample is 1; expected true or false");
  }

  @Test
  void withClass_samplesTheSameScheduleAnotherWay() {
    SchedulerConfig config =
        SchedulerConfig.of(Map.of("_class_name", "DDIMScheduler", "beta_end", 0.012));
    float[] ddim = Samplers.of(config).noiseSchedule().orElseThrow().alphaBars();
    Sampler euler = Samplers.of(config.withClass("EulerDiscreteScheduler"));
    assertThat(euler.noiseSchedule().orElseThrow().alphaBars()).isEqualTo(ddim);
  }

  @Test
  void plan_refusesMoreStepsThanTheScheduleHas() {
    Sampler sampler =
        Samplers.fromConfig(Map.of("_class_name", "DDPMScheduler", "num_train_timesteps", 20));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.plan(21))
        .withMessageContaining("21")
        .withMessageContaining("20");
  }

  @Test
  void plan_refusesTimestepsWhereTheReferenceTakesNone() {
    Sampler sampler = Samplers.fromConfig(Map.of("_class_name", "PNDMScheduler"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.plan(SamplingOptions.ofTimesteps(900, 100)))
        .withMessageContaining("PNDMScheduler");
  }

  @Test
  void plan_refusesATimestepBeyondTheSchedule() {
    Sampler sampler = Samplers.fromConfig(Map.of("_class_name", "DDPMScheduler"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.plan(SamplingOptions.ofTimesteps(1000, 100)))
        .withMessageContaining("1000 is outside the schedule's 0 to 999");
  }

  @Test
  void ofTimesteps_mustDescend() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SamplingOptions.ofTimesteps(900, 950))
        .withMessageContaining("950 follows 900");
  }

  @Test
  void plan_withDynamicShiftNeedsTheShift() {
    Sampler sampler =
        Samplers.fromConfig(
            Map.of("_class_name", "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting", true));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler.plan(4))
        .withMessageContaining("shift mu");
  }

  @ParameterizedTest
  @MethodSource("names")
  void fromConfig_refusesAMemberThatNoSchedulerIsKnownToHave(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Samplers.fromConfig(Map.of("_class_name", name, "use_quantum_sigmas", true)))
        .withMessageContaining("use_quantum_sigmas is true");
  }

  @ParameterizedTest
  @MethodSource("names")
  void fromConfig_passesOverOtherClassesMembersAndThoseThatAreOff(String name) {
    Map<String, Object> config =
        Map.of("_class_name", name, "skip_prk_steps", true, "use_quantum_sigmas", false);
    assertThat(Samplers.fromConfig(config).name()).isEqualTo(name);
  }

  @Test
  void plan_refusesStepsThatWouldDivideByZeroAndNamesTheMostThatWork() {
    Sampler solver =
        Samplers.fromConfig(
            Map.of(
                "_class_name",
                "DPMSolverMultistepScheduler",
                "timestep_spacing",
                "leading",
                "steps_offset",
                1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> solver.plan(999))
        .withMessageContaining("999 steps")
        .withMessageContaining("would divide by zero")
        .withMessageEndingWith("the most steps that work are 998");
    assertThat(solver.plan(998).length()).isEqualTo(998);
  }

  @Test
  void plan_refusesAStepBeyondTheScheduleAndNamesTheMostThatWork() {
    Sampler pndm =
        Samplers.fromConfig(
            Map.of("_class_name", "PNDMScheduler", "skip_prk_steps", true, "steps_offset", 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pndm.plan(1000))
        .withMessageContaining("timestep 1000 is outside")
        .withMessageEndingWith("the most steps that work are 999");
    assertThat(pndm.plan(999).length()).isEqualTo(1000);
  }

  @Test
  void plan_namesNoNumberOfStepsWhereNoneWorks() {
    Sampler ddpm =
        Samplers.of(
            config(
                "_class_name",
                "DDPMScheduler",
                "rescale_betas_zero_snr",
                true,
                "timestep_spacing",
                "trailing",
                "clip_sample",
                false));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ddpm.plan(30))
        .withMessageEndingWith("step 1, at timestep 999.0, would divide by zero");
  }

  /** Of order 1, the linear multistep method is Euler's. */
  @Test
  void linearMultistep_ofOrderOneIsEuler() {
    SamplingOptions options = SamplingOptions.ofSteps(5).withOrder(1);
    SamplingRun lms =
        Samplers.of(config("_class_name", "LMSDiscreteScheduler")).plan(options).start(1, 1);
    SamplingRun euler =
        Samplers.of(config("_class_name", "EulerDiscreteScheduler")).plan(options).start(1, 1);
    float[] one = {30};
    float[] other = {30};
    while (!lms.finished()) {
      float[] answer = {(float) Math.sin(lms.index())};
      one = lms.step(answer, one, NoiseSource.none()).sample();
      other = euler.step(answer, other, NoiseSource.none()).sample();
    }
    assertThat(one).containsExactly(other, within(1e-4f));
  }

  private static SchedulerConfig config(Object... members) {
    Map<String, Object> json = new HashMap<>();
    for (int i = 0; i < members.length; i += 2) {
      json.put((String) members[i], members[i + 1]);
    }
    return SchedulerConfig.of(json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NewestScheduler", "DDIMScheduler", "UniPCMultistepScheduler"})
  void withClass_rescuesAModelWhateverItsOwnClass(String own) {
    SchedulerConfig config =
        config(
            "_class_name",
            own,
            "beta_end",
            0.012,
            "beta_schedule",
            "scaled_linear",
            "prediction_type",
            "v_prediction");

    Sampler euler = Samplers.of(config.withClass("EulerDiscreteScheduler"));

    assertThat(euler.predictionType()).isEqualTo(PredictionType.V_PREDICTION);
    assertThat(euler.noiseSchedule().orElseThrow().beta(999)).isCloseTo(0.012f, within(1e-6f));
  }

  @Test
  void withClass_keepsTheBetasThatTheConfigLeavesToItsClass() {
    SchedulerConfig karlo = config("_class_name", "UnCLIPScheduler");
    assertThat(alphaBars(karlo.withClass("DDIMScheduler"))).isEqualTo(alphaBars(karlo));
    SchedulerConfig heun = config("_class_name", "HeunDiscreteScheduler");
    assertThat(alphaBars(heun.withClass("LCMScheduler"))).isEqualTo(alphaBars(heun));
  }

  private static float[] alphaBars(SchedulerConfig config) {
    return Samplers.of(config).noiseSchedule().orElseThrow().alphaBars();
  }

  @Test
  void withClass_refusesASamplerOfOtherNetworks() {
    SchedulerConfig flow = config("_class_name", "FlowMatchEulerDiscreteScheduler", "shift", 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> flow.withClass("DDIMScheduler"))
        .withMessageContaining("DDIMScheduler does not sample a model of rectified flow")
        .withMessageContaining("FlowMatchHeunDiscreteScheduler");
    SchedulerConfig edm = config("_class_name", "EDMEulerScheduler");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> edm.withClass("EulerDiscreteScheduler"))
        .withMessageContaining("EDMDPMSolverMultistepScheduler");
    SchedulerConfig ddpm = config("_class_name", "DDPMScheduler");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ddpm.withClass("FlowMatchEulerDiscreteScheduler"))
        .withMessageContaining("DDIMScheduler");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UniPCMultistepScheduler",
        "DPMSolverMultistepScheduler",
        "DPMSolverSinglestepScheduler",
        "DEISMultistepScheduler",
        "SASolverScheduler",
        "FlowMatchHeunDiscreteScheduler"
      })
  void withClass_samplesRectifiedFlowBySolversThatKnowIt(String name) {
    SchedulerConfig flow = config("_class_name", "FlowMatchEulerDiscreteScheduler", "shift", 3);
    Sampler solver = Samplers.of(flow.withClass(name));

    SamplingPlan plan = solver.plan(8);

    assertThat(solver.predictionType()).isEqualTo(PredictionType.FLOW);
    assertThat(plan.level(0).noise()).isBetween(0.99f, 1f);
    assertThat(plan.level(0).signal() + plan.level(0).noise()).isCloseTo(1, within(1e-6f));
  }

  /** What newer schedulers of flow matching can be told. */
  @ParameterizedTest
  @CsvSource({
    "use_karras_sigmas, true",
    "use_exponential_sigmas, true",
    "use_beta_sigmas, true",
    "shift_terminal, 0.1",
    "invert_sigmas, true",
    "shift, 5"
  })
  void flowMatching_followsItsMembers(String key, String value) {
    SchedulerConfig plain = config("_class_name", "FlowMatchEulerDiscreteScheduler", "shift", 3);
    Object typed = value.equals("true") ? true : (Object) Double.valueOf(value);
    SchedulerConfig told =
        config("_class_name", "FlowMatchEulerDiscreteScheduler", "shift", 3, key, typed);

    assertThat(Samplers.of(told).plan(4).sigmas())
        .isNotEqualTo(Samplers.of(plain).plan(4).sigmas());
  }

  @Test
  void flowMatching_endsWhereTheTerminalShiftSays() {
    SamplingPlan plan =
        Samplers.of(config("_class_name", "FlowMatchEulerDiscreteScheduler", "shift_terminal", 0.1))
            .plan(5);
    assertThat(plan.sigmas()[4]).isCloseTo(0.1f, within(1e-6f));
    assertThat(plan.sigmas()[5]).isZero();
  }

  @Test
  void flowMatching_tellsItsDynamicShiftFromTheSizeOfThePicture() {
    Sampler sampler =
        Samplers.of(
            config("_class_name", "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting", true));
    SamplingOptions options = SamplingOptions.ofSteps(6);

    assertThat(sampler.plan(options.withImageTokens(256)).sigmas())
        .isEqualTo(sampler.plan(options.withShift(0.5)).sigmas());
    assertThat(sampler.plan(options.withImageTokens(4096)).sigmas())
        .containsExactly(sampler.plan(options.withShift(1.15)).sigmas(), within(1e-6f));
  }

  @Test
  void flowMatching_drawsFreshNoiseWhereSamplingIsStochastic() {
    SamplingPlan plan =
        Samplers.of(
                config(
                    "_class_name", "FlowMatchEulerDiscreteScheduler", "stochastic_sampling", true))
            .plan(2);
    float to = plan.sigmas()[1];

    StepResult result =
        plan.start(1, 1).step(new float[] {0}, new float[] {0.5f}, count -> new float[] {2});

    assertThat(result.sample()[0]).isCloseTo((1 - to) * 0.5f + to * 2, within(1e-6f));
  }

  @Test
  void fromConfig_refusesTwoWaysToSpaceNoiseLevels() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Samplers.of(
                    config(
                        "_class_name",
                        "HeunDiscreteScheduler",
                        "use_karras_sigmas",
                        true,
                        "use_beta_sigmas",
                        true)))
        .withMessageContaining("use_beta_sigmas is true; expected false with use_karras_sigmas");
  }

  @Test
  void fromConfig_refusesMembersThatWouldNeedAnotherProgram() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Samplers.of(
                    config("_class_name", "UniPCMultistepScheduler", "solver_p", Map.of("a", 1))))
        .withMessageContaining("solver_p");
  }

  @Test
  void plan_ofGivenSigmasIsForSamplersThatTakeThem() {
    Sampler heun = Samplers.of(config("_class_name", "HeunDiscreteScheduler"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> heun.plan(SamplingOptions.ofSigmas(10, 1, 0)))
        .withMessageContaining("EulerDiscreteScheduler");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SamplingOptions.ofSigmas(1, 2))
        .withMessageContaining("2.0 follows 1.0");
  }

  @Test
  void addNoise_findsATimestepThatAnotherLibraryRounded() {
    SamplingPlan plan =
        Samplers.of(config("_class_name", "EulerDiscreteScheduler", "use_beta_sigmas", true))
            .plan(9);
    float timestep = Math.nextUp(plan.timestep(3));
    assertThat(plan.addNoise(new float[] {1}, new float[] {1}, timestep))
        .isEqualTo(plan.noised(3, new float[] {1}, new float[] {1}));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.addNoise(new float[1], new float[1], timestep + 1))
        .withMessageContaining("not one of this plan's");
  }

  @Test
  void trailing_hasAsManyTimestepsAsStepsHoweverTheRatioIsRounded() {
    for (int steps = 1; steps <= 1000; steps++) {
      double[] timesteps = TimestepSpacing.TRAILING.timesteps(1000, steps, 0);
      assertThat(timesteps).as("%d steps", steps).hasSize(steps);
      assertThat(timesteps[steps - 1]).isGreaterThanOrEqualTo(0);
    }
  }
}
