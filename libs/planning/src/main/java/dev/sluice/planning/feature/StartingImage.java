package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.planning.route.RouteSteps;
import java.util.List;

/** A picture that denoising starts from, at some strength (Meng et al. 2022, "SDEdit"). */
final class StartingImage implements Feature {

  @Override
  public void check(Asked asked) {
    GenerationRequest request = asked.request();
    if (asked.can(Ability.EMBEDDINGS)) {
      checkEmbedding(asked);
      return;
    }
    if (asked.can(Ability.PICTURE_NEEDED) && !asked.hasImage()) {
      throw asked.refused("image", "Model %s goes from picture to picture; give one.");
    }
    boolean taken = asked.can(Ability.PICTURE_START) || asked.can(Ability.SUPER_RESOLUTION);
    if (asked.hasImage() && !taken) {
      throw asked.refused("image", "Model %s does not start from a picture; leave it out.");
    }
    if (request.hasStrength() && !(asked.hasImage() && asked.can(Ability.PICTURE_START))) {
      throw asked.refused("strength", "A strength needs a picture to start from.");
    }
  }

  private static void checkEmbedding(Asked asked) {
    if (asked.request().hasStrength()) {
      throw asked.refused(
          "strength",
          "The model starts from an embedding and from noise, not from a picture; leave strength out.");
    }
  }

  @Override
  public List<RouteStep> apply(Asked asked, List<RouteStep> route) {
    GenerationRequest request = asked.request();
    if (!asked.hasImage() || !asked.can(Ability.PICTURE_START)) {
      return route;
    }
    // What is painted into a picture owes nothing to what was there, unless it is asked to.
    double usual = request.getMask().isEmpty() ? asked.model().pipeline().usual().strength() : 1;
    double strength = request.hasStrength() ? request.getStrength() : usual;
    return RouteSteps.mapDenoisers(
        route, denoiser -> denoiser.hasStart() ? denoiser : denoiser.setStrength(strength));
  }
}
