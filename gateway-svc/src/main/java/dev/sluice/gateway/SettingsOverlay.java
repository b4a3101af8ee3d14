package dev.sluice.gateway;

import dev.sluice.contract.v1.SamplingParameters;
import dev.sluice.contract.v1.StageSettings;

/** A stage's sampling: the model's own with what a request gives in its place. */
final class SettingsOverlay {

  private SettingsOverlay() {}

  static SamplingParameters own(int steps, double guidanceScale) {
    return SamplingParameters.newBuilder().setSteps(steps).setGuidanceScale(guidanceScale).build();
  }

  static SamplingParameters overlay(SamplingParameters own, StageSettings given) {
    SamplingParameters.Builder merged = own.toBuilder();
    if (given.hasSteps()) {
      merged.setSteps(given.getSteps());
    }
    if (given.hasGuidanceScale()) {
      merged.setGuidanceScale(given.getGuidanceScale());
    }
    if (given.hasSampler()) {
      merged.setSampler(given.getSampler());
    }
    if (given.hasEta()) {
      merged.setEta(given.getEta());
    }
    return merged.build();
  }
}
