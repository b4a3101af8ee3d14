package dev.sluice.planning.sampling;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.diffusion.Samplers;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a caller should know of settings that lead nowhere. */
public final class WithoutEffect {

  private WithoutEffect() {}

  /**
   * The warnings, in sentences.
   *
   * @param models by the name that a step gives
   * @param scaleIsTold whether the network is told of the scale of guidance, and sees no second
   *     prompt
   * @param isGuidable whether the model can be told anything that guidance could lead towards
   */
  public static List<String> of(
      GenerationRequest request,
      List<RouteStep> route,
      Function<String, ModelFolder> models,
      boolean scaleIsTold,
      boolean isGuidable) {
    return Stream.concat(
            Stream.of(
                negativePrompt(request, route, scaleIsTold),
                prior(request, route),
                guidance(request, isGuidable)),
            eta(request, route, models))
        .filter(warning -> !warning.isEmpty())
        .toList();
  }

  /** It is what guidance leads away from: without guidance it changes nothing. */
  private static String negativePrompt(
      GenerationRequest request, List<RouteStep> route, boolean scaleIsTold) {
    if (request.getNegativePrompt().isBlank()) {
      return "";
    }
    if (route.stream().noneMatch(RouteStep::hasTextEncoder)) {
      return "The negative prompt has no effect: no text is read for this picture.";
    }
    if (scaleIsTold) {
      return "The negative prompt has no effect: this model was distilled to need no second prompt.";
    }
    return route.stream().anyMatch(WithoutEffect::isGuided)
        ? ""
        : "The negative prompt has no effect without guidance: give a guidance_scale above 1.";
  }

  private static boolean isGuided(RouteStep step) {
    return step.getPrior().getSampling().getGuidanceScale() > 1
        || step.getDenoiser().getSampling().getGuidanceScale() > 1;
  }

  private static String prior(GenerationRequest request, List<RouteStep> route) {
    boolean asked = !request.getPrior().equals(SamplingSettings.getDefaultInstance());
    return asked && !Sampled.PRIOR.isOn(route)
        ? "The settings of the prior have no effect: no prior takes part in this picture."
        : "";
  }

  /** Of the samplers that read none. */
  public static Stream<String> eta(
      GenerationRequest request, List<RouteStep> route, Function<String, ModelFolder> models) {
    return route.stream()
        .flatMap(
            step ->
                Sampled.by(step).stream()
                    .flatMap(kind -> eta(request, step, kind, models.apply(step.getModel()))));
  }

  private static Stream<String> eta(
      GenerationRequest request, RouteStep step, Sampled kind, ModelFolder model) {
    Optional<String> scheduler = kind.scheduler(step, model);
    List<SamplingSettings> asked = kind.askedFor(request);
    return IntStream.range(0, scheduler.isPresent() ? asked.size() : 0)
        .filter(i -> asked.get(i).getEta() > 0)
        .mapToObj(i -> eta(kind.field(i), kind.settings(step).get(i), model, scheduler.get()))
        .flatMap(Optional::stream);
  }

  private static Optional<String> eta(
      String field, SamplingSettings settings, ModelFolder model, String scheduler) {
    String sampler = SamplerChecks.asked(model.scheduler(scheduler), settings).className();
    return Samplers.takingEta().contains(sampler)
        ? Optional.empty()
        : Optional.of(
            "%s.eta has no effect with %s; %s read it."
                .formatted(field, sampler, String.join(" and ", Samplers.takingEta())));
  }

  private static String guidance(GenerationRequest request, boolean isGuidable) {
    return request.getDenoiser().hasGuidanceScale() && !isGuidable
        ? "The guidance_scale has no effect: this model is told nothing that it could lead towards."
        : "";
  }
}
