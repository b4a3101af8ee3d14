package dev.sluice.planning.sampling;

import dev.sluice.contract.v1.SamplingSettings;

/** How a stage samples: as the model does, but for what a request says. */
public final class SettingsOverlay {

  private SettingsOverlay() {}

  /** A model's own sampling. */
  public static SamplingSettings own(int steps, double guidanceScale) {
    return SamplingSettings.newBuilder()
        .setSteps(steps)
        .setGuidanceScale(guidanceScale)
        .setEta(0)
        .build();
  }

  /** What {@code given} says, and what {@code own} does where it says nothing. */
  public static SamplingSettings overlay(SamplingSettings own, SamplingSettings given) {
    SamplingSettings.Builder merged = own.toBuilder();
    if (given.hasStaticThreshold() || given.hasDynamicThreshold()) {
      // One kind of thresholding takes the place of the other.
      merged.clearStaticThreshold().clearDynamicThreshold().clearDynamicThresholdMax();
    }
    return merged.mergeFrom(given).build();
  }
}
