package dev.sluice.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampling.Churn;
import dev.sluice.diffusion.sampling.Sampler;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.SamplingRun;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.safetensors.SafetensorsFile;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every sampler trace of the reference data, step by step, from its own configuration. */
class SamplerGoldenTest {

  private static final double TOLERANCE = 1e-6;

  static List<String> packs() {
    return Goldens.schedulerPacks();
  }

  @ParameterizedTest
  @MethodSource("packs")
  void run_followsTheReferenceTrace(String pack) {
    String path = "schedulers/" + pack;
    Map<String, Object> about = Goldens.json(path, "about.json");
    int[] shape = ints((List<?>) about.get("shape"));
    List<?> noiseUsed = (List<?>) about.get("noise_used");
    Sampler sampler = Samplers.fromConfig(Goldens.json(path, "scheduler_config.json"));
    SamplingPlan plan = sampler.plan(options(about));

    try (SafetensorsFile golden = Goldens.tensors(path)) {
      // Exact but for fractional ones, whose logarithms may differ in the last bit.
      assertThat(plan.timesteps())
          .containsExactly(golden.floats("out.timesteps"), Offset.offset(2e-4f));
      assertThat(plan.initNoiseSigma())
          .isEqualTo(((Number) about.get("init_noise_sigma")).floatValue());
      if (plan.sigmas().length > 0) {
        assertClose("out.sigmas", plan.sigmas(), golden.floats("out.sigmas"));
      }
      sampler
          .noiseSchedule()
          .ifPresent(
              schedule ->
                  assertClose(
                      "out.alphas_cumprod",
                      schedule.alphaBars(),
                      golden.floats("out.alphas_cumprod")));

      float[] sample = golden.floats("in.sample");
      SamplingRun run = plan.start(shape);
      for (int i = 0; i < plan.length(); i++) {
        int step = i;
        boolean draws = !noiseUsed.get(step).equals(0);
        boolean[] drawn = {false};
        NoiseSource noise =
            count -> {
              assertThat(draws).as("step %d may draw noise", step).isTrue();
              drawn[0] = true;
              return slice(golden, "in.noise", step, plan.length());
            };
        assertClose(
            "out.scaled_input." + i,
            run.scaleInput(sample),
            slice(golden, "out.scaled_input", i, plan.length()));
        StepResult result =
            run.step(slice(golden, "in.model_output", i, plan.length()), sample, noise);
        sample = result.sample();

        assertThat(drawn[0]).as("step %d drew noise", i).isEqualTo(draws);
        assertClose(
            "out.prev_sample." + i, sample, slice(golden, "out.prev_sample", i, plan.length()));
        if (golden.names().contains("out.pred_original_sample")) {
          assertClose(
              "out.pred_original_sample." + i,
              result.predictedOriginal(),
              slice(golden, "out.pred_original_sample", i, plan.length()));
        }
      }
      assertThat(run.finished()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("packs")
  void addNoise_givesTheReferencesNoisySamples(String pack) {
    String path = "schedulers/" + pack;
    Map<String, Object> about = Goldens.json(path, "about.json");
    SamplingPlan plan =
        Samplers.fromConfig(Goldens.json(path, "scheduler_config.json")).plan(options(about));

    try (SafetensorsFile golden = Goldens.tensors(path)) {
      if (!golden.names().contains("add_noise.timesteps")) {
        return;
      }
      float[] timesteps = golden.floats("add_noise.timesteps");
      for (int b = 0; b < timesteps.length; b++) {
        assertClose(
            "add_noise.out." + b,
            plan.addNoise(
                slice(golden, "add_noise.original", b, timesteps.length),
                slice(golden, "add_noise.noise", b, timesteps.length),
                timesteps[b]),
            slice(golden, "add_noise.out", b, timesteps.length));
      }
    }
  }

  private static SamplingOptions options(Map<String, Object> about) {
    Map<?, ?> planning = (Map<?, ?>) about.get("set_timesteps_kwargs");
    Map<?, ?> stepping = (Map<?, ?>) about.get("step_kwargs");
    SamplingOptions options = steps(about, planning);
    if (planning.get("original_inference_steps") instanceof Integer original) {
      options = options.withOriginalSteps(original);
    }
    if (planning.get("strength") instanceof Number strength) {
      options = options.withStrength(strength.doubleValue());
    }
    if (Boolean.TRUE.equals(stepping.get("use_clipped_model_output"))) {
      options = options.withClippedNoise();
    }
    if (planning.get("mu") instanceof Number mu) {
      options = options.withShift(mu.doubleValue());
    }
    if (stepping.get("eta") instanceof Number eta) {
      options = options.withEta(eta.doubleValue());
    }
    if (stepping.containsKey("s_churn")) {
      options =
          options.withChurn(
              new Churn(
                  number(stepping, "s_churn"),
                  number(stepping, "s_tmin"),
                  number(stepping, "s_tmax"),
                  number(stepping, "s_noise")));
    }
    return options;
  }

  private static SamplingOptions steps(Map<String, Object> about, Map<?, ?> planning) {
    if (planning.get("timesteps") instanceof List<?> timesteps) {
      return SamplingOptions.ofTimesteps(ints(timesteps));
    }
    if (planning.get("sigmas") instanceof List<?> sigmas) {
      return SamplingOptions.ofSigmas(
          sigmas.stream().mapToDouble(sigma -> ((Number) sigma).doubleValue()).toArray());
    }
    return SamplingOptions.ofSteps((int) about.get("num_inference_steps"));
  }

  private static double number(Map<?, ?> json, String key) {
    return ((Number) json.get(key)).doubleValue();
  }

  private static int[] ints(List<?> values) {
    return values.stream().mapToInt(value -> ((Number) value).intValue()).toArray();
  }

  private static float[] slice(SafetensorsFile golden, String name, int i, int count) {
    float[] all = golden.floats(name);
    int length = all.length / count;
    return Arrays.copyOfRange(all, i * length, (i + 1) * length);
  }

  private static void assertClose(String name, float[] found, float[] golden) {
    double error = Goldens.relativeError(found, golden);
    assertThat(error).as(name).isLessThanOrEqualTo(TOLERANCE);
  }
}
