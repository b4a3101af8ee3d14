package dev.sluice.diffusion;

import java.util.List;
import java.util.Map;

/** Makes samplers from the {@code scheduler_config.json} of a checkpoint. */
public final class Samplers {

  private static final List<String> NAMES =
      List.of(
          DdimSampler.NAME,
          DdpmSampler.NAME,
          DpmSolverMultistepSampler.NAME,
          EulerAncestralSampler.NAME,
          EulerSampler.NAME,
          FlowMatchEulerSampler.NAME,
          LcmSampler.NAME,
          PndmSampler.NAME,
          UnClipSampler.NAME);

  /** Those whose timesteps can be spaced in more than one way. */
  static final List<String> SPACED =
      List.of(
          DdimSampler.NAME,
          DdpmSampler.NAME,
          DpmSolverMultistepSampler.NAME,
          EulerAncestralSampler.NAME,
          EulerSampler.NAME,
          PndmSampler.NAME);

  /** Those that can cut predicted clean samples off at a fixed value. */
  static final List<String> CLIPPED =
      List.of(DdimSampler.NAME, DdpmSampler.NAME, LcmSampler.NAME, UnClipSampler.NAME);

  /** Those that know dynamic thresholding. */
  static final List<String> THRESHOLDED =
      List.of(
          DdimSampler.NAME,
          DdpmSampler.NAME,
          DpmSolverMultistepSampler.NAME,
          LcmSampler.NAME,
          UnClipSampler.NAME);

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

  /** As {@link #fromConfig}; {@link SchedulerConfig#withClass} exchanges the sampler. */
  public static Sampler of(SchedulerConfig config) {
    return switch (config.className()) {
      case DdimSampler.NAME -> new DdimSampler(config);
      case DdpmSampler.NAME -> new DdpmSampler(config);
      case DpmSolverMultistepSampler.NAME -> new DpmSolverMultistepSampler(config);
      case EulerAncestralSampler.NAME -> new EulerAncestralSampler(config);
      case EulerSampler.NAME -> new EulerSampler(config);
      case FlowMatchEulerSampler.NAME -> new FlowMatchEulerSampler(config);
      case LcmSampler.NAME -> new LcmSampler(config);
      case PndmSampler.NAME -> new PndmSampler(config);
      case UnClipSampler.NAME -> new UnClipSampler(config);
      default ->
          throw new IllegalArgumentException(
              "unknown sampler " + config.className() + "; expected one of " + NAMES);
    };
  }

  /**
   * The plan that leads from a clean sample to the noise that DDIM, over the same timesteps, would
   * make it from. Start it with the clean sample; its result is the noise.
   *
   * @param config as {@link #forInversion} gives it, adjusted at will
   */
  public static SamplingPlan inversion(SchedulerConfig config, SamplingOptions options) {
    Sampler ddim = new DdimSampler(config);
    return new DdimInversion(
        ddim.noiseSchedule().orElseThrow(), ddim.predictionType(), ddim.plan(options).timesteps());
  }

  /**
   * A model's scheduler for {@link #inversion}, whatever its class.
   *
   * @throws IllegalArgumentException if the model has no noise schedule of discrete timesteps
   */
  public static SchedulerConfig forInversion(SchedulerConfig model) {
    if (model.className().equals(FlowMatchEulerSampler.NAME)) {
      throw new IllegalArgumentException(
          "a model of rectified flow has no DDIM, so that its pictures cannot be inverted by it");
    }
    return model.withClass(DdimSampler.NAME);
  }

  static int checkedSteps(SamplingOptions options, NoiseSchedule schedule) {
    if (options.steps() > schedule.trainTimesteps()) {
      throw new IllegalArgumentException(
          "steps is %d; expected at most the %d timesteps of the training schedule"
              .formatted(options.steps(), schedule.trainTimesteps()));
    }
    return options.steps();
  }

  static void refuseTimesteps(SamplingOptions options, String sampler) {
    if (options.hasTimesteps()) {
      throw new IllegalArgumentException(
          sampler + " chooses its own timesteps; give it a number of steps");
    }
  }
}
