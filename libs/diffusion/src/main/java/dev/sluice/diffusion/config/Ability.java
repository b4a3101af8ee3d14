package dev.sluice.diffusion.config;

import java.util.List;

/** What a sampler can be told, and the keys of a {@code scheduler_config.json} that tell it. */
public enum Ability {
  /** Knows a noise schedule of discrete timesteps. */
  SCHEDULED("beta_start", "beta_end", "beta_schedule", "trained_betas"),
  /** Its timesteps can be spaced in more than one way. */
  SPACED("timestep_spacing", "steps_offset"),
  /** Its noise levels can be spaced by themselves. */
  SIGMA_SPACED(
      "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "sigma_min", "sigma_max"),
  /** Can sample networks of rectified flow, over noise levels of its own. */
  FLOWING("use_flow_sigmas", "flow_shift", "use_dynamic_shifting", "time_shift_type"),
  /** Samples networks of rectified flow, and no others. */
  STRAIGHT("shift"),
  /** Solves with polynomials over earlier answers. */
  SOLVER("solver_order", "algorithm_type", "solver_type", "lower_order_final"),
  /** Samples networks of EDM's preconditioning. */
  EDM("sigma_min", "sigma_max", "sigma_data", "sigma_schedule", "rho", "final_sigmas_type"),
  /** Was made for models distilled to few steps. */
  DISTILLED("original_inference_steps"),
  /** Can cut predicted clean samples off at a fixed value. */
  CLIPPED("clip_sample", "clip_sample_range"),
  /** Knows dynamic thresholding. */
  THRESHOLDED("thresholding", "dynamic_thresholding_ratio", "sample_max_value"),
  /** Takes a list of timesteps in place of a number of steps. */
  LISTED,
  /** Takes a list of noise levels in place of a number of steps. */
  SIGMAS_LISTED,
  /** Puts back as much noise as it is told, of what its formula takes out. */
  ETA;

  private final List<String> keys;

  Ability(String... keys) {
    this.keys = List.of(keys);
  }

  public List<String> keys() {
    return keys;
  }
}
