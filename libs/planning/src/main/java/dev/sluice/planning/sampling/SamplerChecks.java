package dev.sluice.planning.sampling;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingParameters;
import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.diffusion.config.Thresholding;
import dev.sluice.diffusion.sampling.Sampler;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import dev.sluice.planning.request.RequestException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether the samplers of a route can make their steps over their models' noise schedules: so that
 * a request is told here, and not by the stage.
 */
public final class SamplerChecks {

  /** Whether there is a plan does not depend on the size of the picture. */
  private static final int ANY_TOKENS = 256;

  private SamplerChecks() {}

  /**
   * Checks every step that samples.
   *
   * @param models by the name that a step gives; empty for the request's own
   * @throws RequestException if one cannot
   */
  public static void check(List<RouteStep> route, Function<String, ModelFolder> models) {
    for (RouteStep step : route) {
      ModelFolder model = models.apply(step.getModel());
      switch (step.getParametersCase()) {
        case PRIOR -> {
          if (step.getPrior().hasSampling() && !step.getPrior().getAutoregressive()) {
            String scheduler = model.has("prior_scheduler") ? "prior_scheduler" : "scheduler";
            check("prior", model, scheduler, step.getPrior().getSampling());
          }
        }
        case DENOISER -> {
          if (!step.getDenoiser().getInvert()) {
            String scheduler = model.pipeline().denoiser().scheduler();
            check("denoiser", model, scheduler, step.getDenoiser().getSampling());
          }
        }
        case UPSCALER ->
            step.getUpscaler()
                .getCascadeList()
                .forEach(sampling -> check("upscaler", model, "super_res_scheduler", sampling));
        default -> {}
      }
    }
  }

  private static void check(
      String stage, ModelFolder model, String scheduler, SamplingParameters sampling) {
    Sampler sampler;
    try {
      sampler = Samplers.of(asked(model.scheduler(scheduler), sampling));
    } catch (IllegalArgumentException e) {
      throw refused(stage + ".sampler", model, e);
    }
    try {
      sampler.plan(SamplingOptions.ofSteps(sampling.getSteps()).withImageTokens(ANY_TOKENS));
    } catch (IllegalArgumentException e) {
      throw refused(stage + ".steps", model, e);
    }
  }

  private static RequestException refused(
      String field, ModelFolder model, IllegalArgumentException why) {
    return RequestException.invalid(
        field, "Model %s cannot be sampled so: %s.".formatted(model.name(), why.getMessage()));
  }

  private static SchedulerConfig asked(SchedulerConfig own, SamplingParameters sampling) {
    Optional<Thresholding> thresholding = Optional.empty();
    if (sampling.hasDynamicThreshold()) {
      thresholding = Optional.of(new Thresholding.Dynamic(sampling.getDynamicThreshold(), 1));
    } else if (sampling.getStaticThreshold() > 0) {
      thresholding = Optional.of(new Thresholding.Fixed(sampling.getStaticThreshold()));
    }
    return own.asked(
        Optional.of(sampling.getSampler()).filter(name -> !name.isEmpty()),
        sampling.hasTimestepSpacing()
            ? Optional.of(TimestepSpacing.named(sampling.getTimestepSpacing()))
            : Optional.empty(),
        thresholding);
  }
}
