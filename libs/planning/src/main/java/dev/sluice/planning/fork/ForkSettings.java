package dev.sluice.planning.fork;

import static dev.sluice.planning.sampling.SettingsOverlay.overlay;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.feature.AutoregressivePrior;
import dev.sluice.planning.feature.Inversion;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.sampling.Sampled;
import dev.sluice.planning.work.DeclaredWork;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The rest of a kept route, with a request's settings in the place of those it had. */
final class ForkSettings {

  private static final Set<Sampled> ONE_SCHEDULE = EnumSet.of(Sampled.DENOISER, Sampled.REFINER);

  private ForkSettings() {}

  /**
   * The same steps, sampling as the request says.
   *
   * @throws RequestException if it has settings of a stage that is over, or never was to come
   */
  static List<RouteStep> apply(GenerationRequest request, List<RouteStep> route) {
    require(!request.hasPrior() || Sampled.PRIOR.isOn(route), "prior");
    require(!request.hasDenoiser() || Sampled.DENOISER.isOn(route), "denoiser");
    require(!request.hasRefiner() || Sampled.REFINER.isOn(route), "refiner");
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
            .filter(step -> Sampled.by(step).filter(ONE_SCHEDULE::contains).isPresent())
            .map(step -> step.getDenoiser().getSampling().getSteps())
            .collect(Collectors.toSet());
    if (kept.size() > 1 || !Sampled.REFINER.isOn(route)) {
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

  private static RouteStep apply(GenerationRequest request, RouteStep step) {
    if (step.getPrior().getAutoregressive()) {
      AutoregressivePrior.checkSettings(request.getPrior());
    }
    return Sampled.by(step).map(kind -> apply(request, step, kind)).orElse(step);
  }

  private static RouteStep apply(GenerationRequest request, RouteStep step, Sampled kind) {
    List<SamplingSettings> settings = new ArrayList<>(kind.settings(step));
    List<SamplingSettings> asked = kind.askedFor(request);
    for (int i = 0; i < asked.size(); i++) {
      settings.set(i, overlay(settings.get(i), asked.get(i)));
    }
    if (kind == Sampled.INVERSION) {
      // Noise is found along the timesteps that the picture is made by.
      settings.replaceAll(Inversion::finding);
    }
    return DeclaredWork.changed(step, kind.with(settings, step));
  }
}
