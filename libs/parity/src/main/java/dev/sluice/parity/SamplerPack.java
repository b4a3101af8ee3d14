package dev.sluice.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.catalog.Config;
import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.sampling.Churn;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.sampling.SamplingRun;
import dev.sluice.diffusion.sampling.StepResult;
import dev.sluice.parity.network.About;
import dev.sluice.parity.network.PackResult;
import dev.sluice.parity.network.Reference;
import dev.sluice.parity.network.Tally;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The trace of a sampler: {@code scheduler_config.json}, and in {@code golden.safetensors} what a
 * network answered at each step ({@code in.model_output}), the noise that was drawn, and what
 * became of the sample. The tensors are stacked over the steps.
 *
 * @param folder of the pack
 * @param options what was asked of the sampler
 * @param shape of the sample, {@code [batch, channels, height, width]}
 * @param noiseUsed for each step whether noise was drawn
 * @param initNoiseSigma standard deviation of the noise to start from
 * @param tolerance the largest relative error that passes
 */
record SamplerPack(
    Path folder,
    SamplingOptions options,
    int[] shape,
    boolean[] noiseUsed,
    float initNoiseSigma,
    double tolerance)
    implements Pack {

  private static final double DEFAULT_TOLERANCE = 1e-4;

  private static final Set<String> STEP_ARGUMENTS =
      Set.of("eta", "use_clipped_model_output", "order", "s_churn", "s_tmin", "s_tmax", "s_noise");
  private static final Set<String> TIMESTEP_ARGUMENTS =
      Set.of("timesteps", "sigmas", "mu", "original_inference_steps", "strength");

  static SamplerPack read(Path folder, JsonNode about) {
    Path file = folder.resolve(About.FILE);
    int[] noiseUsed = ints(about, "noise_used", file);
    boolean[] draws = new boolean[noiseUsed.length];
    for (int i = 0; i < draws.length; i++) {
      draws[i] = noiseUsed[i] != 0;
    }
    return new SamplerPack(
        folder,
        options(about, file),
        ints(about, "shape", file),
        draws,
        (float) about.path("init_noise_sigma").asDouble(Double.NaN),
        about.path("suggested_rel_tolerance").asDouble(DEFAULT_TOLERANCE));
  }

  private static SamplingOptions options(JsonNode about, Path file) {
    JsonNode planning = about.path("set_timesteps_kwargs");
    JsonNode stepping = about.path("step_kwargs");
    requireKnown(planning, TIMESTEP_ARGUMENTS, "set_timesteps_kwargs", file);
    requireKnown(stepping, STEP_ARGUMENTS, "step_kwargs", file);
    SamplingOptions options = steps(about, planning, file);
    if (planning.hasNonNull("original_inference_steps")) {
      options = options.withOriginalSteps(planning.get("original_inference_steps").intValue());
    }
    if (planning.hasNonNull("strength")) {
      options = options.withStrength(planning.get("strength").doubleValue());
    }
    if (stepping.path("use_clipped_model_output").asBoolean()) {
      options = options.withClippedNoise();
    }
    if (stepping.hasNonNull("order")) {
      options = options.withOrder(stepping.get("order").intValue());
    }
    if (stepping.hasNonNull("eta")) {
      options = options.withEta(stepping.get("eta").doubleValue());
    }
    if (planning.hasNonNull("mu")) {
      options = options.withShift(planning.get("mu").doubleValue());
    }
    if (stepping.hasNonNull("s_churn")) {
      options =
          options.withChurn(
              new Churn(
                  stepping.get("s_churn").doubleValue(),
                  stepping.path("s_tmin").asDouble(0),
                  stepping.path("s_tmax").asDouble(Double.POSITIVE_INFINITY),
                  stepping.path("s_noise").asDouble(1)));
    }
    return options;
  }

  private static SamplingOptions steps(JsonNode about, JsonNode planning, Path file) {
    if (planning.hasNonNull("timesteps")) {
      return SamplingOptions.ofTimesteps(ints(planning, "timesteps", file));
    }
    if (planning.hasNonNull("sigmas")) {
      return SamplingOptions.ofSigmas(
          numbers(planning, "sigmas", file).mapToDouble(JsonNode::asDouble).toArray());
    }
    return SamplingOptions.ofSteps(about.path("num_inference_steps").asInt());
  }

  private static void requireKnown(JsonNode arguments, Set<String> known, String what, Path file) {
    arguments
        .properties()
        .forEach(
            argument -> {
              if (!known.contains(argument.getKey()) && !argument.getValue().isNull()) {
                throw new IllegalArgumentException(
                    "%s: %s has %s, which is not known here; known: %s"
                        .formatted(file, what, argument.getKey(), known));
              }
            });
  }

  private static int[] ints(JsonNode about, String key, Path file) {
    return numbers(about, key, file).mapToInt(JsonNode::asInt).toArray();
  }

  private static Stream<JsonNode> numbers(JsonNode about, String key, Path file) {
    JsonNode list = about.path(key);
    if (!list.isArray()
        || !StreamSupport.stream(list.spliterator(), false).allMatch(JsonNode::isNumber)) {
      throw new IllegalArgumentException(
          "%s: \"%s\" must be a list of numbers, found %s".formatted(file, key, list));
    }
    return StreamSupport.stream(list.spliterator(), false);
  }

  @Override
  public PackResult run() {
    Config config = Config.read(folder.resolve("scheduler_config.json"));
    SamplingPlan plan = Samplers.fromConfig(config.asMap()).plan(options);
    Tally tally = new Tally();
    try (TensorSource golden = SafetensorsFile.open(folder.resolve("golden.safetensors"))) {
      comparePlan(plan, config, golden, tally);
      Reference timesteps = Reference.of(golden, "out.timesteps");
      if (timesteps.length() == plan.length() && noiseUsed.length == plan.length()) {
        compareSteps(plan, golden, tally);
      }
      if (golden.names().stream().anyMatch(name -> name.startsWith("add_noise."))) {
        compareAddNoise(plan, golden, tally);
      }
    }
    return tally.result(Pack.name(folder));
  }

  private void comparePlan(SamplingPlan plan, Config config, TensorSource golden, Tally tally) {
    tally.add(Reference.of(golden, "out.timesteps").compare(plan.timesteps(), tolerance));
    if (!Float.isNaN(initNoiseSigma)) {
      Reference sigma =
          new Reference("init_noise_sigma", new float[] {initNoiseSigma}, new int[] {1});
      tally.add(sigma.compare(new float[] {plan.initNoiseSigma()}, tolerance));
    }
    if (plan.sigmas().length > 0) {
      tally.add(Reference.of(golden, "out.sigmas").compare(plan.sigmas(), tolerance));
    }
    Samplers.fromConfig(config.asMap())
        .noiseSchedule()
        .ifPresent(
            schedule ->
                tally.add(
                    Reference.of(golden, "out.alphas_cumprod")
                        .compare(schedule.alphaBars(), tolerance)));
  }

  private void compareSteps(SamplingPlan plan, TensorSource golden, Tally tally) {
    Reference outputs = Reference.of(golden, "in.model_output");
    Reference scaledInputs = Reference.of(golden, "out.scaled_input");
    Reference samples = Reference.of(golden, "out.prev_sample");
    String original = "out.pred_original_sample";
    Reference originals = golden.names().contains(original) ? Reference.of(golden, original) : null;
    float[] sample = golden.floats("in.sample");
    SamplingRun run = plan.start(shape);
    for (int i = 0; i < plan.length(); i++) {
      tally.add(
          scaledInputs.name(), scaledInputs.step(i).compare(run.scaleInput(sample), tolerance));
      int step = i;
      RecordedNoise noise =
          new RecordedNoise(() -> Reference.of(golden, "in.noise").step(step).values());
      StepResult result = run.step(outputs.step(i).values(), sample, noise);
      sample = result.sample();
      Reference expected = samples.step(i);
      tally.add(
          samples.name(),
          noise.drawn == noiseUsed[i]
              ? expected.compare(sample, tolerance)
              : expected.failure(
                  tolerance,
                  noise.drawn
                      ? "noise was drawn, where the reference draws none"
                      : "no noise was drawn, where the reference draws some"));
      if (originals != null) {
        tally.add(
            originals.name(), originals.step(i).compare(result.predictedOriginal(), tolerance));
      }
    }
  }

  private void compareAddNoise(SamplingPlan plan, TensorSource golden, Tally tally) {
    float[] timesteps = golden.floats("add_noise.timesteps");
    Reference originals = Reference.of(golden, "add_noise.original");
    Reference noises = Reference.of(golden, "add_noise.noise");
    Reference noisy = Reference.of(golden, "add_noise.out");
    for (int i = 0; i < timesteps.length; i++) {
      float[] actual =
          plan.addNoise(originals.step(i).values(), noises.step(i).values(), timesteps[i]);
      tally.add(noisy.name(), noisy.step(i).compare(actual, tolerance));
    }
  }

  /** Gives the noise of one step, and remembers that it was asked. */
  private static final class RecordedNoise implements NoiseSource {

    private final Supplier<float[]> recorded;
    private boolean drawn;

    RecordedNoise(Supplier<float[]> recorded) {
      this.recorded = recorded;
    }

    @Override
    public float[] randn(int count) {
      drawn = true;
      float[] values = recorded.get();
      if (values.length != count) {
        throw new IllegalArgumentException(
            "in.noise has %d values a step; the sampler draws %d".formatted(values.length, count));
      }
      return Arrays.copyOf(values, count);
    }
  }
}
