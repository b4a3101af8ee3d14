package dev.sluice.diffusion;

import dev.sluice.diffusion.config.Ability;
import dev.sluice.diffusion.sampler.discrete.DdimInversion;
import dev.sluice.diffusion.sampling.Sampler;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Makes samplers from the {@code scheduler_config.json} of a checkpoint. */
public final class Samplers {

  private static final List<String> NAMES =
      Arrays.stream(SamplerKind.values()).map(SamplerKind::className).sorted().toList();

  private Samplers() {}

  /** The diffusers classes that can be served. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The sampler of a parsed {@code scheduler_config.json}.
   *
   * @throws IllegalArgumentException if its class or one of its members is not known, naming it and
   *     what would be
   */
  public static Sampler fromConfig(Map<String, ?> json) {
    return of(SchedulerConfig.of(json));
  }

  /** The classes that read {@code eta}; the others put back the noise that they always do. */
  public static List<String> takingEta() {
    return SamplerKind.namesWith(Ability.ETA);
  }

  /** As {@link #fromConfig}; {@link SchedulerConfig#withClass} exchanges the sampler. */
  public static Sampler of(SchedulerConfig config) {
    config.requireKnownMembers();
    return config.open();
  }

  /**
   * The samplers that can take the place of a model's own, which need not be known.
   *
   * @param model its config
   * @return diffusers' classes; empty if the config itself is at fault
   */
  public static List<String> replacing(SchedulerConfig model) {
    return NAMES.stream().filter(name -> opens(model, name)).toList();
  }

  private static boolean opens(SchedulerConfig model, String name) {
    try {
      of(model.withClass(name));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * The plan that leads from a clean sample to the noise that DDIM, over the same timesteps, would
   * make it from. Start it with the clean sample; its result is the noise.
   *
   * @param config as {@link #forInversion} gives it, adjusted at will
   */
  public static SamplingPlan inversion(SchedulerConfig config, SamplingOptions options) {
    Sampler ddim = of(config);
    return new DdimInversion(
        ddim.noiseSchedule().orElseThrow(), ddim.predictionType(), ddim.plan(options).timesteps());
  }

  /**
   * A model's scheduler for {@link #inversion}, whatever its class.
   *
   * @throws IllegalArgumentException if the model has no noise schedule of discrete timesteps
   */
  public static SchedulerConfig forInversion(SchedulerConfig model) {
    model.requireDiffusion();
    return model.withClass(SamplerKind.DDIM.className());
  }
}
