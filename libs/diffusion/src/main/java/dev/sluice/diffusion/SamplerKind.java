package dev.sluice.diffusion;

import static dev.sluice.diffusion.config.Ability.CLIPPED;
import static dev.sluice.diffusion.config.Ability.DISTILLED;
import static dev.sluice.diffusion.config.Ability.EDM;
import static dev.sluice.diffusion.config.Ability.ETA;
import static dev.sluice.diffusion.config.Ability.FLOWING;
import static dev.sluice.diffusion.config.Ability.LISTED;
import static dev.sluice.diffusion.config.Ability.SCHEDULED;
import static dev.sluice.diffusion.config.Ability.SIGMAS_LISTED;
import static dev.sluice.diffusion.config.Ability.SIGMA_SPACED;
import static dev.sluice.diffusion.config.Ability.SOLVER;
import static dev.sluice.diffusion.config.Ability.SPACED;
import static dev.sluice.diffusion.config.Ability.STRAIGHT;
import static dev.sluice.diffusion.config.Ability.THRESHOLDED;

import dev.sluice.diffusion.config.Ability;
import dev.sluice.diffusion.config.SamplerTraits;
import dev.sluice.diffusion.config.SchedulerMembers;
import dev.sluice.diffusion.sampler.discrete.DdimSampler;
import dev.sluice.diffusion.sampler.discrete.DdpmSampler;
import dev.sluice.diffusion.sampler.discrete.LcmSampler;
import dev.sluice.diffusion.sampler.discrete.PndmSampler;
import dev.sluice.diffusion.sampler.discrete.TcdSampler;
import dev.sluice.diffusion.sampler.discrete.UnClipSampler;
import dev.sluice.diffusion.sampler.flow.FlowMatchEulerSampler;
import dev.sluice.diffusion.sampler.flow.FlowMatchHeunSampler;
import dev.sluice.diffusion.sampler.sigma.Dpm2Sampler;
import dev.sluice.diffusion.sampler.sigma.EdmEulerSampler;
import dev.sluice.diffusion.sampler.sigma.EulerAncestralSampler;
import dev.sluice.diffusion.sampler.sigma.EulerSampler;
import dev.sluice.diffusion.sampler.sigma.HeunSampler;
import dev.sluice.diffusion.sampler.sigma.LmsSampler;
import dev.sluice.diffusion.sampler.solver.DeisSampler;
import dev.sluice.diffusion.sampler.solver.DpmSolverMultistepSampler;
import dev.sluice.diffusion.sampler.solver.DpmSolverSinglestepSampler;
import dev.sluice.diffusion.sampler.solver.EdmDpmSolverMultistepSampler;
import dev.sluice.diffusion.sampler.solver.SaSolverSampler;
import dev.sluice.diffusion.sampler.solver.UniPcSampler;
import dev.sluice.diffusion.sampling.Sampler;
import dev.sluice.diffusion.schedule.BetaSchedule;
import dev.sluice.diffusion.schedule.DefaultBetas;
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
enum SamplerKind implements SamplerTraits {
  DDIM(
      "DDIMScheduler",
      DdimSampler::new,
      EnumSet.of(SCHEDULED, SPACED, CLIPPED, THRESHOLDED, ETA),
      "set_alpha_to_one",
      "rescale_betas_zero_snr"),
  DDPM(
      "DDPMScheduler",
      DdpmSampler::new,
      EnumSet.of(SCHEDULED, SPACED, CLIPPED, THRESHOLDED, LISTED),
      "variance_type",
      "rescale_betas_zero_snr"),
  DEIS(
      "DEISMultistepScheduler",
      DeisSampler::new,
      EnumSet.of(SCHEDULED, SPACED, SIGMA_SPACED, THRESHOLDED, SOLVER, FLOWING)),
  DPM_SOLVER_MULTISTEP(
      "DPMSolverMultistepScheduler",
      DpmSolverMultistepSampler::new,
      EnumSet.of(SCHEDULED, SPACED, SIGMA_SPACED, THRESHOLDED, LISTED, SOLVER, FLOWING),
      "euler_at_final",
      "use_lu_lambdas",
      "final_sigmas_type",
      "lambda_min_clipped",
      "variance_type",
      "rescale_betas_zero_snr"),
  DPM_SOLVER_SINGLESTEP(
      "DPMSolverSinglestepScheduler",
      DpmSolverSinglestepSampler::new,
      EnumSet.of(SCHEDULED, SIGMA_SPACED, THRESHOLDED, LISTED, SOLVER, FLOWING),
      "final_sigmas_type",
      "lambda_min_clipped",
      "variance_type"),
  EDM_DPM_SOLVER_MULTISTEP(
      "EDMDPMSolverMultistepScheduler",
      EdmDpmSolverMultistepSampler::new,
      EnumSet.of(EDM, THRESHOLDED, SOLVER),
      "euler_at_final"),
  EDM_EULER("EDMEulerScheduler", EdmEulerSampler::new, EnumSet.of(EDM)),
  EULER_ANCESTRAL(
      "EulerAncestralDiscreteScheduler",
      EulerAncestralSampler::new,
      EnumSet.of(SCHEDULED, SPACED),
      "rescale_betas_zero_snr"),
  EULER(
      "EulerDiscreteScheduler",
      EulerSampler::new,
      EnumSet.of(SCHEDULED, SPACED, SIGMA_SPACED, LISTED, SIGMAS_LISTED),
      "interpolation_type",
      "timestep_type",
      "final_sigmas_type",
      "rescale_betas_zero_snr"),
  FLOW_MATCH_EULER(
      "FlowMatchEulerDiscreteScheduler",
      FlowMatchEulerSampler::new,
      EnumSet.of(STRAIGHT, SIGMA_SPACED, SIGMAS_LISTED),
      "use_dynamic_shifting",
      "time_shift_type",
      "base_shift",
      "max_shift",
      "base_image_seq_len",
      "max_image_seq_len",
      "shift_terminal",
      "invert_sigmas",
      "stochastic_sampling"),
  FLOW_MATCH_HEUN(
      "FlowMatchHeunDiscreteScheduler", FlowMatchHeunSampler::new, EnumSet.of(STRAIGHT)),
  HEUN(
      "HeunDiscreteScheduler",
      HeunSampler::new,
      EnumSet.of(SCHEDULED, SPACED, SIGMA_SPACED, CLIPPED, LISTED)),
  KDPM2_ANCESTRAL(
      "KDPM2AncestralDiscreteScheduler",
      Dpm2Sampler::ancestral,
      EnumSet.of(SCHEDULED, SPACED, SIGMA_SPACED)),
  KDPM2(
      "KDPM2DiscreteScheduler", Dpm2Sampler::ordinary, EnumSet.of(SCHEDULED, SPACED, SIGMA_SPACED)),
  LCM(
      "LCMScheduler",
      LcmSampler::new,
      EnumSet.of(SCHEDULED, CLIPPED, THRESHOLDED, LISTED, DISTILLED),
      "timestep_scaling",
      "rescale_betas_zero_snr"),
  LMS("LMSDiscreteScheduler", LmsSampler::new, EnumSet.of(SCHEDULED, SPACED, SIGMA_SPACED)),
  PNDM(
      "PNDMScheduler",
      PndmSampler::new,
      EnumSet.of(SCHEDULED, SPACED),
      "skip_prk_steps",
      "set_alpha_to_one"),
  SA_SOLVER(
      "SASolverScheduler",
      SaSolverSampler::new,
      EnumSet.of(SCHEDULED, SPACED, SIGMA_SPACED, THRESHOLDED, SOLVER, FLOWING),
      "predictor_order",
      "corrector_order",
      "tau_func",
      "lambda_min_clipped",
      "variance_type"),
  TCD(
      "TCDScheduler",
      TcdSampler::new,
      EnumSet.of(SCHEDULED, LISTED, DISTILLED, ETA),
      "rescale_betas_zero_snr"),
  UNCLIP(
      "UnCLIPScheduler",
      UnClipSampler::new,
      EnumSet.of(CLIPPED, THRESHOLDED),
      "beta_schedule",
      "variance_type"),
  UNIPC(
      "UniPCMultistepScheduler",
      UniPcSampler::new,
      EnumSet.of(SCHEDULED, SPACED, SIGMA_SPACED, THRESHOLDED, SOLVER, FLOWING),
      "predict_x0",
      "disable_corrector",
      "solver_p",
      "shift_terminal",
      "final_sigmas_type",
      "rescale_betas_zero_snr");

  private final String className;
  private final Function<SchedulerMembers, Sampler> factory;
  private final Set<Ability> abilities;
  private final Set<String> keys;

  SamplerKind(
      String className,
      Function<SchedulerMembers, Sampler> factory,
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

  @Override
  public String className() {
    return className;
  }

  @Override
  public boolean can(Ability ability) {
    return abilities.contains(ability);
  }

  @Override
  public boolean reads(String key) {
    return keys.contains(key);
  }

  Sampler open(SchedulerMembers config) {
    return factory.apply(config);
  }

  @Override
  public List<String> othersThatCan(Ability ability) {
    return namesWith(ability);
  }

  @Override
  public DefaultBetas defaultBetas() {
    return switch (this) {
      case HEUN, KDPM2, KDPM2_ANCESTRAL -> new DefaultBetas(BetaSchedule.LINEAR, 0.00085, 0.012);
      case LCM, TCD -> new DefaultBetas(BetaSchedule.SCALED_LINEAR, 0.00085, 0.012);
      case UNCLIP -> new DefaultBetas(BetaSchedule.SQUARED_COS_CAP_V2, 0.0001, 0.02);
      default -> new DefaultBetas(BetaSchedule.LINEAR, 0.0001, 0.02);
    };
  }
}
