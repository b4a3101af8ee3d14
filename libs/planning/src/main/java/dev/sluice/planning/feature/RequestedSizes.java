package dev.sluice.planning.feature;

import dev.sluice.planning.route.Sizes;

/** Pictures of another size than the model's own. */
final class RequestedSizes implements Feature {

  @Override
  public void check(Asked asked) {
    Sizes.limits(asked.model()).check(asked.model().name(), asked.request());
  }
}
