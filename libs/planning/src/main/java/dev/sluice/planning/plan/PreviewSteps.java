package dev.sluice.planning.plan;

import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import java.util.List;

/** How far apart a picture's previews are. */
final class PreviewSteps {

  private PreviewSteps() {}

  /**
   * Denoising steps from one preview to the next.
   *
   * @param route with every number of steps spelled out
   * @return 0 for no previews
   */
  static int of(GenerationRequest request, List<RouteStep> route) {
    int previews = request.getPreviews();
    if (previews == 0) {
      return request.getPreviewEverySteps();
    }
    int steps =
        route.stream()
            .filter(RouteStep::hasDenoiser)
            .map(RouteStep::getDenoiser)
            .filter(denoiser -> !denoiser.getInvert())
            .mapToInt(PreviewSteps::made)
            .max()
            .orElse(0);
    // One more part than previews: after the last part there is the picture.
    return Math.max(1, (steps + previews) / (previews + 1));
  }

  /** A picture to start from spares the steps that it is nearer than noise. */
  private static int made(DenoiserParameters denoiser) {
    double share = denoiser.hasStrength() ? denoiser.getStrength() : 1;
    return (int) Math.ceil(denoiser.getSampling().getSteps() * share);
  }
}
