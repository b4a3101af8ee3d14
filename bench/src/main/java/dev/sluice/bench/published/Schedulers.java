package dev.sluice.bench.published;

import dev.sluice.bench.published.Component.Scheduler;
import java.util.Map;

/** The noise schedules that published pipelines name. */
final class Schedulers {

  private Schedulers() {}

  static Scheduler stableDiffusion15() {
    return new Scheduler(
        "PNDMScheduler",
        Keys.with(
            stableDiffusion(),
            "clip_sample",
            false,
            "set_alpha_to_one",
            false,
            "skip_prk_steps",
            true,
            "steps_offset",
            1));
  }

  static Scheduler stableDiffusion21() {
    return new Scheduler(
        "DDIMScheduler",
        Keys.with(
            stableDiffusion(),
            "clip_sample",
            false,
            "prediction_type",
            "v_prediction",
            "set_alpha_to_one",
            false,
            "skip_prk_steps",
            true,
            "steps_offset",
            1));
  }

  static Scheduler stableDiffusionXl() {
    return new Scheduler(
        "EulerDiscreteScheduler",
        Keys.with(
            stableDiffusion(),
            "interpolation_type",
            "linear",
            "prediction_type",
            "epsilon",
            "steps_offset",
            1,
            "timestep_spacing",
            "leading",
            "use_karras_sigmas",
            false));
  }

  static Scheduler turbo() {
    return new Scheduler(
        "EulerAncestralDiscreteScheduler",
        Keys.with(
            stableDiffusion(),
            "prediction_type",
            "epsilon",
            "steps_offset",
            1,
            "timestep_spacing",
            "trailing"));
  }

  static Scheduler stableDiffusion3() {
    return new Scheduler(
        "FlowMatchEulerDiscreteScheduler", Keys.of("num_train_timesteps", 1000, "shift", 3.0));
  }

  static Scheduler upscaler() {
    return new Scheduler(
        "DDIMScheduler",
        Keys.with(
            betas("scaled_linear", 0.0001, 0.02),
            "clip_sample",
            false,
            "prediction_type",
            "v_prediction",
            "set_alpha_to_one",
            false,
            "steps_offset",
            1));
  }

  /** That of the noise on the x4 upscaler's small picture. */
  static Scheduler upscalerNoise() {
    return new Scheduler(
        "DDPMScheduler",
        Keys.with(
            betas("scaled_linear", 0.0001, 0.02),
            "clip_sample",
            true,
            "prediction_type",
            "epsilon",
            "variance_type",
            "fixed_small"));
  }

  static Scheduler dit() {
    return new Scheduler(
        "DDIMScheduler",
        Keys.with(
            betas("linear", 0.0001, 0.02),
            "clip_sample",
            false,
            "prediction_type",
            "epsilon",
            "set_alpha_to_one",
            true,
            "steps_offset",
            0));
  }

  /**
   * unCLIP's.
   *
   * @param clipRange to which a predicted sample is clipped
   */
  static Scheduler unclip(String prediction, String variance, double clipRange) {
    return new Scheduler(
        "UnCLIPScheduler",
        Keys.of(
            "clip_sample", true,
            "clip_sample_range", clipRange,
            "num_train_timesteps", 1000,
            "prediction_type", prediction,
            "variance_type", variance));
  }

  static Scheduler kandinsky22() {
    return new Scheduler(
        "DDPMScheduler",
        Keys.with(
            betas("linear", 0.00085, 0.012),
            "clip_sample",
            false,
            "prediction_type",
            "epsilon",
            "thresholding",
            false,
            "variance_type",
            "learned_range"));
  }

  /**
   * DeepFloyd IF's.
   *
   * @param largest sample value that thresholding lets be
   */
  static Scheduler deepFloyd(double largest) {
    return new Scheduler(
        "DDPMScheduler",
        Keys.with(
            betas("squaredcos_cap_v2", 0.0001, 0.02),
            "clip_sample",
            true,
            "clip_sample_range",
            1.0,
            "dynamic_thresholding_ratio",
            0.95,
            "prediction_type",
            "epsilon",
            "sample_max_value",
            largest,
            "thresholding",
            true,
            "variance_type",
            "learned_range"));
  }

  /** That of the noise on the picture that DeepFloyd's super-resolution enlarges. */
  static Scheduler deepFloydNoise() {
    return new Scheduler(
        "DDPMScheduler",
        Keys.with(
            betas("squaredcos_cap_v2", 0.0001, 0.02),
            "clip_sample",
            true,
            "prediction_type",
            "epsilon",
            "variance_type",
            "fixed_small"));
  }

  private static Map<String, Object> stableDiffusion() {
    return betas("scaled_linear", 0.00085, 0.012);
  }

  private static Map<String, Object> betas(String schedule, double start, double end) {
    return Keys.of(
        "beta_end", end,
        "beta_schedule", schedule,
        "beta_start", start,
        "num_train_timesteps", 1000,
        "trained_betas", null);
  }
}
