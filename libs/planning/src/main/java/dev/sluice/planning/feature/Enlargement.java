package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.planning.request.RequestChecks;
import java.util.List;
import java.util.Set;

/** Requests that are for the super-resolution stage alone. */
final class Enlargement implements Feature {

  /** What such a request can say; of all else, nothing would come. */
  private static final Set<String> FIELDS =
      Set.of(
          "request_id",
          "model",
          "n",
          "width",
          "height",
          "seed",
          "upscaler",
          "preview_every_steps",
          "timeout",
          "cancel_on_disconnect",
          "image",
          "tenant",
          "upscale");

  @Override
  public void check(Asked asked) {
    if (!asked.can(Ability.ENLARGEMENT)) {
      throw asked.refused(
          "upscale",
          "Model %s has no super-resolution stage; use one that has, or leave that out.");
    }
    if (!asked.hasImage()) {
      throw asked.refused("image", "There is no picture to enlarge; give one.");
    }
    RequestChecks.requireOnly(FIELDS, asked.request(), "Super-resolution alone");
  }

  @Override
  public List<RouteStep> apply(Asked asked, List<RouteStep> route) {
    return route.stream().filter(RouteStep::hasUpscaler).toList();
  }
}
