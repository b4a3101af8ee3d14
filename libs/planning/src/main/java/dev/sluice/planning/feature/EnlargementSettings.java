package dev.sluice.planning.feature;

import dev.sluice.planning.route.Sizes;

/** Settings of the enlargements after the denoiser, one by one. */
final class EnlargementSettings implements Feature {

  @Override
  public void check(Asked asked) {
    int enlargements = Sizes.enlargements(asked.model());
    if (asked.request().getUpscalerCount() > enlargements) {
      throw asked.refused(
          "upscaler",
          "There are settings for %2$d enlargements; model %1$s makes %3$d.",
          asked.request().getUpscalerCount(),
          enlargements);
    }
    for (int i = 0; i < asked.request().getUpscalerCount(); i++) {
      SuperResolution.requireKnown(
          asked,
          "upscaler[" + i + "].noise_level",
          asked.request().getUpscaler(i).getNoiseLevel(),
          Sizes.enlarging(i));
    }
  }
}
