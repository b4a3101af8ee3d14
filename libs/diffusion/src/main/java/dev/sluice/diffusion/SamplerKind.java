package dev.sluice.diffusion;

import static dev.sluice.diffusion.Ability.CLIPPED;
import static dev.sluice.diffusion.Ability.LISTED;
import static dev.sluice.diffusion.Ability.SCHEDULED;
import static dev.sluice.diffusion.Ability.SIGMA_SPACED;
import static dev.sluice.diffusion.Ability.SPACED;
import static dev.sluice.diffusion.Ability.THRESHOLDED;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Every sampler: diffusers' name of it, how it is made, what it can do, and which further keys of a
 * {@code scheduler_config.json} it reads.
 */
enum SamplerKind {
  DDIM(
      "DDIMScheduler",
      DdimSampler::new,
      EnumSet.of(SCHEDULED, SPACED, CLIPPED, THRESHOLDED),
      "set_alpha_to_one",
      "rescale_betas_zero_snr"),
  DDPM(
      "DDPMScheduler",
      DdpmSampler::new,
      EnumSet.of(SCHEDULED, SPACED, CLIPPED, THRESHOLDED, LISTED),
      "variance_type",
      "rescale_betas_zero_snr"),
  DPM_SOLVER_MULTISTEP(
      "DPMSolverMultistepScheduler",
      DpmSolverMultistepSampler::new,
      EnumSet.of(SCHEDULED, SPACED, SIGMA_SPACED, THRESHOLDED, LISTED),
      "solver_order",
      "algorithm_type",
      "solver_type",
      "lower_order_final",
      "euler_at_final",
      "use_lu_lambdas",
      "final_sigmas_type",
      "lambda_min_clipped",
      "variance_type",
      "rescale_betas_zero_snr"),
  EULER_ANCESTRAL(
      "EulerAncestralDiscreteScheduler",
      EulerAncestralSampler::new,
      EnumSet.of(SCHEDULED, SPACED),
      "rescale_betas_zero_snr"),
  EULER(
      "EulerDiscreteScheduler",
      EulerSampler::new,
      EnumSet.of(SCHEDULED, SPACED, SIGMA_SPACED, LISTED),
      "interpolation_type",
      "timestep_type",
      "final_sigmas_type",
      "rescale_betas_zero_snr"),
  FLOW_MATCH_EULER(
      "FlowMatchEulerDiscreteScheduler",
      FlowMatchEulerSampler::new,
      EnumSet.noneOf(Ability.class),
      "shift",
      "use_dynamic_shifting"),
  LCM(
      "LCMScheduler",
      LcmSampler::new,
      EnumSet.of(SCHEDULED, CLIPPED, THRESHOLDED, LISTED),
      "original_inference_steps",
      "timestep_scaling",
      "rescale_betas_zero_snr"),
  PNDM(
      "PNDMScheduler",
      PndmSampler::new,
      EnumSet.of(SCHEDULED, SPACED),
      "skip_prk_steps",
      "set_alpha_to_one"),
  UNCLIP(
      "UnCLIPScheduler",
      UnClipSampler::new,
      EnumSet.of(CLIPPED, THRESHOLDED),
      "beta_schedule",
      "variance_type");

  private final String className;
  private final Function<SchedulerConfig, Sampler> factory;
  private final Set<Ability> abilities;
  private final Set<String> keys;

  SamplerKind(
      String className,
      Function<SchedulerConfig, Sampler> factory,
      Set<Ability> abilities,
      String... keys) {
    this.className = className;
    this.factory = factory;
    this.abilities = abilities;
    this.keys = new TreeSet<>(Arrays.asList(keys));
    abilities.forEach(ability -> this.keys.addAll(ability.keys()));
    this.keys.add("num_train_timesteps");
    this.keys.add("prediction_type");
  }

  static Optional<SamplerKind> named(String className) {
    return Arrays.stream(values()).filter(kind -> kind.className.equals(className)).findFirst();
  }

  /** The names of those with an ability. */
  static List<String> namesWith(Ability ability) {
    return Arrays.stream(values())
        .filter(kind -> kind.can(ability))
        .map(SamplerKind::className)
        .toList();
  }

  String className() {
    return className;
  }

  boolean can(Ability ability) {
    return abilities.contains(ability);
  }

  /** Whether a key of the config changes what this sampler does. */
  boolean reads(String key) {
    return keys.contains(key);
  }

  Sampler open(SchedulerConfig config) {
    return factory.apply(config);
  }
}
