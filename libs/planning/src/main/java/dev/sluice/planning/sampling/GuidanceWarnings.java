package dev.sluice.planning.sampling;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import java.util.List;

/** What a caller should know of words that lead nowhere. */
public final class GuidanceWarnings {

  private GuidanceWarnings() {}

  /**
   * Whether the negative prompt has something to act on: it is what guidance leads away from, so
   * that without guidance it changes nothing.
   *
   * @param told whether the network is told of the scale, and sees no second prompt
   */
  public static List<String> of(GenerationRequest request, List<RouteStep> route, boolean told) {
    if (request.getNegativePrompt().isBlank()) {
      return List.of();
    }
    if (told) {
      return List.of(
          "The negative prompt has no effect: this model was distilled to need no second prompt.");
    }
    return route.stream().anyMatch(GuidanceWarnings::isGuided)
        ? List.of()
        : List.of(
            "The negative prompt has no effect without guidance: give a guidance_scale above 1.");
  }

  private static boolean isGuided(RouteStep step) {
    return step.getPrior().getSampling().getGuidanceScale() > 1
        || step.getDenoiser().getSampling().getGuidanceScale() > 1;
  }
}
