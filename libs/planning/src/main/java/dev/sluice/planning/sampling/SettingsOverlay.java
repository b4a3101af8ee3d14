package dev.sluice.planning.sampling;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.sluice.contract.v1.SamplingParameters;
import dev.sluice.contract.v1.StageSettings;

/**
 * A stage's sampling: the model's own with what a request gives in its place. The fields of both
 * messages have the same names and types.
 */
public final class SettingsOverlay {

  private SettingsOverlay() {}

  public static SamplingParameters own(int steps, double guidanceScale) {
    return SamplingParameters.newBuilder().setSteps(steps).setGuidanceScale(guidanceScale).build();
  }

  public static SamplingParameters overlay(SamplingParameters own, StageSettings given) {
    SamplingParameters.Builder merged = own.toBuilder();
    if (given.hasStaticThreshold() || given.hasDynamicThreshold()) {
      // One kind of thresholding takes the place of the other.
      merged.clearStaticThreshold().clearDynamicThreshold().clearDynamicThresholdMax();
    }
    given
        .getAllFields()
        .forEach((field, value) -> merged.setField(named(merged, field.getName()), value));
    return merged.build();
  }

  private static FieldDescriptor named(SamplingParameters.Builder parameters, String name) {
    return parameters.getDescriptorForType().findFieldByName(name);
  }

  /** Settings that ask for exactly that sampling, whatever the model's own is. */
  public static StageSettings spelledOut(SamplingParameters sampling) {
    StageSettings.Builder settings = StageSettings.newBuilder();
    for (FieldDescriptor field : sampling.getDescriptorForType().getFields()) {
      boolean given =
          field.hasPresence() ? sampling.hasField(field) : !isEmptyText(sampling, field);
      if (given) {
        settings.setField(
            settings.getDescriptorForType().findFieldByName(field.getName()),
            sampling.getField(field));
      }
    }
    return settings.build();
  }

  private static boolean isEmptyText(SamplingParameters sampling, FieldDescriptor field) {
    return sampling.getField(field).equals("");
  }
}
