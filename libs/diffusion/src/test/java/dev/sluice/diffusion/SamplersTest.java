package dev.sluice.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
        .isThrownBy(() -> Samplers.fromConfig(Map.of("_class_name", "HeunDiscreteScheduler")))
        .withMessageContaining("HeunDiscreteScheduler")
        .withMessageContaining("EulerDiscreteScheduler");
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
        .withMessageContaining("no finite numbers")
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
}
