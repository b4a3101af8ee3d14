package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;

/** Features of one step that serve the next ones (Ma et al. 2024, "DeepCache"). */
final class FeatureReuse implements Feature {

  @Override
  public void check(Asked asked) {
    if (asked.request().getDenoiser().getCacheInterval() > 1 && !asked.can(Ability.FEATURE_REUSE)) {
      throw asked.refused(
          "denoiser.cache_interval",
          "The denoiser of model %s cannot reuse features between steps; leave cache_interval out.");
    }
  }
}
