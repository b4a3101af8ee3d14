package dev.sluice.planning.fork;

import static dev.sluice.planning.sampling.SettingsOverlay.overlay;

import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.UpscalerParameters;
import dev.sluice.planning.feature.AutoregressivePrior;
import dev.sluice.planning.feature.Inversion;
import dev.sluice.planning.request.RequestException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The rest of a kept route, with a request's settings in the place of those it had. */
final class ForkSettings {

  private ForkSettings() {}

  /**
   * The same steps, sampling as the request says.
   *
   * @throws RequestException if it has settings of a stage that is over, or never was to come
   */
  static List<RouteStep> apply(GenerationRequest request, List<RouteStep> route) {
    require(!request.hasPrior() || has(route, step -> step.getPrior().hasSampling()), "prior");
    require(!request.hasDenoiser() || has(route, ForkSettings::isDenoiser), "denoiser");
    require(!request.hasRefiner() || has(route, ForkSettings::isRefiner), "refiner");
    int enlargements = route.get(route.size() - 1).getUpscaler().getCascadeCount();
    require(request.getUpscalerCount() <= enlargements, "upscaler");
    GenerationRequest settings = withStepsOfBoth(request, route);
    return route.stream().map(step -> apply(settings, step)).toList();
  }

  /** Both models of one schedule count its steps alike, unless they were told otherwise. */
  private static GenerationRequest withStepsOfBoth(
      GenerationRequest request, List<RouteStep> route) {
    if (!request.getDenoiser().hasSteps() || request.getRefiner().hasSteps()) {
      return request;
    }
    Set<Integer> kept =
        route.stream()
            .filter(step -> isDenoiser(step) || isRefiner(step))
            .map(step -> step.getDenoiser().getSampling().getSteps())
            .collect(Collectors.toSet());
    if (kept.size() > 1 || !has(route, ForkSettings::isRefiner)) {
      return request;
    }
    GenerationRequest.Builder both = request.toBuilder();
    both.getRefinerBuilder().setSteps(request.getDenoiser().getSteps());
    return both.build();
  }

  private static void require(boolean taken, String field) {
    if (!taken) {
      throw RequestException.invalid(
          field,
          "No stage that is still to come takes these settings of %s; leave them out."
              .formatted(field));
    }
  }

  private static boolean has(List<RouteStep> route, Predicate<RouteStep> kind) {
    return route.stream().anyMatch(kind);
  }

  private static boolean isDenoiser(RouteStep step) {
    return step.hasDenoiser() && !isRefiner(step) && !step.getDenoiser().getInvert();
  }

  private static boolean isRefiner(RouteStep step) {
    return step.getDenoiser().hasStart();
  }

  private static RouteStep apply(GenerationRequest request, RouteStep step) {
    RouteStep.Builder changed = step.toBuilder();
    switch (step.getParametersCase()) {
      case PRIOR -> {
        PriorParameters.Builder prior = changed.getPriorBuilder();
        if (prior.getAutoregressive()) {
          AutoregressivePrior.checkSettings(request.getPrior());
        }
        if (prior.hasSampling()) {
          prior.setSampling(overlay(prior.getSampling(), request.getPrior()));
        }
      }
      case DENOISER -> {
        DenoiserParameters.Builder denoiser = changed.getDenoiserBuilder();
        SamplingSettings given =
            overlay(
                denoiser.getSampling(),
                isRefiner(step) ? request.getRefiner() : request.getDenoiser());
        // Noise is found along the timesteps that the picture is made by.
        denoiser.setSampling(denoiser.getInvert() ? Inversion.finding(given) : given);
      }
      case UPSCALER -> {
        UpscalerParameters.Builder upscaler = changed.getUpscalerBuilder();
        for (int i = 0; i < request.getUpscalerCount(); i++) {
          upscaler.setCascade(i, overlay(upscaler.getCascade(i), request.getUpscaler(i)));
        }
      }
      default -> {
        // The text encoder samples nothing.
      }
    }
    return changed.build();
  }
}
