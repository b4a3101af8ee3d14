package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;
import dev.sluice.catalog.ConditioningNoise;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.route.RouteSteps;
import java.util.List;
import java.util.OptionalInt;

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
    if (asked.request().hasNoiseLevel()) {
      requireKnown(
          asked,
          "noise_level",
          asked.request().getNoiseLevel(),
          asked.model().pipeline().denoiser().component());
    }
  }

  /**
   * @throws RequestException if a network is not told of so much noise
   */
  static void requireKnown(Asked asked, String field, int level, String network) {
    OptionalInt highest = ConditioningNoise.highest(asked.model(), network);
    if (highest.isEmpty() && level > 0) {
      throw asked.refused(
          field, "Model %s takes pictures to enlarge without noise; leave noise_level out.");
    }
    if (level > highest.orElse(0)) {
      throw asked.refused(
          field, "The noise_level is %2$d; model %1$s knows 0 to %3$d.", level, highest.getAsInt());
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
