package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.planning.route.RouteSteps;
import java.util.List;

/**
 * A picture that denoising makes larger, with noise on it that hides what an enlargement should not
 * keep (Ho et al. 2022, "Cascaded Diffusion Models", section 4).
 */
final class SuperResolution implements Feature {

  @Override
  public void check(Asked asked) {
    if (asked.request().hasNoiseLevel() && asked.can(Ability.EMBEDDINGS)) {
      throw asked.refused(
          "noise_level",
          "The model starts from an embedding and from noise, not from a picture; leave noise_level out.");
    }
    if (asked.request().hasNoiseLevel() && !asked.can(Ability.SUPER_RESOLUTION)) {
      throw asked.refused("noise_level", "Model %s does not enlarge pictures.");
    }
  }

  @Override
  public List<RouteStep> apply(Asked asked, List<RouteStep> route) {
    return asked.request().hasNoiseLevel()
        ? RouteSteps.mapDenoisers(
            route,
            denoiser -> {
              denoiser.getSamplingBuilder().setNoiseLevel(asked.request().getNoiseLevel());
              return denoiser;
            })
        : route;
  }
}
