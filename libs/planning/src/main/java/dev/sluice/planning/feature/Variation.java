package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.planning.route.PlainRoute;
import dev.sluice.planning.route.RouteSteps;
import java.util.ArrayList;
import java.util.List;

/** Other pictures of what one shows: its embedding takes the place of a sampled one. */
final class Variation implements Feature {

  @Override
  public void check(Asked asked) {
    boolean possible = asked.can(Ability.VARIATIONS);
    if (asked.request().getVariation() && !possible) {
      throw asked.refused(
          "variation",
          "Model %s makes no variations: it has no encoder of pictures to start from; use a model that has.");
    }
    if (!possible
        && asked.can(Ability.EMBEDDINGS)
        && asked.hasImage()
        && !asked.request().getUpscale()
        && !Painting.ofEmbedding(asked)) {
      throw asked.refused(
          "image",
          "Model %s has no encoder of pictures and does nothing with one but painting where a mask says; leave it out.");
    }
    if (asked.varies() && !asked.hasImage()) {
      throw asked.refused("image", "A variation needs a picture; give one.");
    }
    if (possible
        && !asked.varies()
        && !Painting.ofEmbedding(asked)
        && !Interpolated.isBetweenEmbeddings(asked.request())
        && asked.hasImage()) {
      throw asked.refused(
          "image",
          "Model %s does nothing with a picture but variations, interpolations and painting where a mask says; ask for one, or leave it out.");
    }
  }

  @Override
  public List<RouteStep> apply(Asked asked, List<RouteStep> route) {
    if (!asked.varies()) {
      return route;
    }
    List<RouteStep> varied = new ArrayList<>();
    for (RouteStep step : route) {
      if (step.hasPrior()) {
        varied.add(RouteSteps.prior(PriorParameters.newBuilder().setFromImage(true)));
      } else if (!step.hasTextEncoder() || PlainRoute.decoderReadsText(asked.model())) {
        varied.add(step);
      }
    }
    return varied;
  }
}
