package dev.sluice.planning.sampling;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.diffusion.config.Thresholding;
import dev.sluice.diffusion.sampling.Sampler;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import dev.sluice.planning.request.RequestException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
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
      Sampled.by(step).ifPresent(kind -> check(kind, step, models.apply(step.getModel())));
    }
  }

  private static void check(Sampled kind, RouteStep step, ModelFolder model) {
    Optional<String> scheduler = kind.scheduler(step, model);
    if (scheduler.isPresent()) {
      List<SamplingSettings> settings = kind.settings(step);
      for (int i = 0; i < settings.size(); i++) {
        SamplingPlan plan = check(kind.field(i), model, scheduler.get(), settings.get(i));
        checkStrength(step.getDenoiser(), plan);
      }
    }
  }

  /**
   * How many network calls a step makes that was checked, were it to go over its whole schedule.
   *
   * @return empty of a step that goes over another one's
   */
  public static Optional<Double> calls(Sampled kind, RouteStep step, ModelFolder model) {
    return kind.scheduler(step, model)
        .map(
            scheduler ->
                kind.settings(step).stream()
                    .mapToDouble(
                        settings -> check(kind.field(0), model, scheduler, settings).length())
                    .sum());
  }

  /** Of so many steps, rounded down, a share of {@code strength} is run, as diffusers counts. */
  private static void checkStrength(DenoiserParameters parameters, SamplingPlan plan) {
    if (!parameters.hasStrength()) {
      return;
    }
    int steps = parameters.getSampling().getSteps();
    int run = Math.min((int) (steps * parameters.getStrength()), steps);
    if ((steps - run) * plan.questionsPerStep() >= plan.length()) {
      throw RequestException.invalid(
          "strength",
          "A strength of %s leaves none of the %d steps; give %s or more, or more steps."
              .formatted(parameters.getStrength(), steps, rounded(1.0 / steps)));
    }
  }

  /** Up, so that it is enough. */
  private static BigDecimal rounded(double share) {
    return BigDecimal.valueOf(share)
        .round(new MathContext(2, RoundingMode.UP))
        .stripTrailingZeros();
  }

  /** The plan of a sampler that can do what is asked. */
  private static SamplingPlan check(
      String field, ModelFolder model, String scheduler, SamplingSettings sampling) {
    Sampler sampler;
    try {
      sampler = Samplers.of(asked(model.scheduler(scheduler), sampling));
    } catch (IllegalArgumentException e) {
      throw refused(field + ".sampler", model, e);
    }
    try {
      return sampler.plan(SamplingOptions.ofSteps(sampling.getSteps()).withImageTokens(ANY_TOKENS));
    } catch (IllegalArgumentException e) {
      throw refused(field + ".steps", model, e);
    }
  }

  private static RequestException refused(
      String field, ModelFolder model, IllegalArgumentException why) {
    return RequestException.invalid(
        field, "Model %s cannot be sampled so: %s.".formatted(model.name(), why.getMessage()));
  }

  /** A model's scheduler as a step has it. */
  static SchedulerConfig asked(SchedulerConfig own, SamplingSettings sampling) {
    Optional<Thresholding> thresholding = Optional.empty();
    if (sampling.hasDynamicThreshold()) {
      thresholding = Optional.of(new Thresholding.Dynamic(sampling.getDynamicThreshold(), 1));
    } else if (sampling.hasStaticThreshold()) {
      double range = sampling.getStaticThreshold();
      thresholding =
          Optional.of(range == 0 ? new Thresholding.None() : new Thresholding.Fixed(range));
    }
    return own.asked(
        Optional.of(sampling.getSampler()).filter(name -> !name.isEmpty()),
        sampling.hasTimestepSpacing()
            ? Optional.of(TimestepSpacing.named(sampling.getTimestepSpacing()))
            : Optional.empty(),
        thresholding);
  }
}
