package dev.sluice.contract;

import dev.sluice.contract.v1.SamplingSettings;

/** The ranges of {@link SamplingSettings}; names in it are its samplers' business. */
public final class SamplingRanges {

  private static final double GUIDANCE = 100;
  private static final double STEERING = 10_000;
  private static final double THRESHOLD = 1000;
  private static final double TEMPERATURE = 10;
  private static final int TOP_K = 1000;

  private SamplingRanges() {}

  /**
   * Checks every field that is there.
   *
   * @throws OutOfRangeException if one is out of its range, or two contradict each other
   */
  public static void check(SamplingSettings settings) {
    if (settings.hasSteps()) {
      Limits.checkCount("steps", settings.getSteps(), Limits.STEPS);
    }
    if (settings.hasCacheInterval()) {
      Limits.checkCount("cache_interval", settings.getCacheInterval(), Limits.STEPS);
    }
    if (settings.hasTopK()) {
      Limits.checkCount("top_k", settings.getTopK(), TOP_K);
    }
    Limits.checkRange("temperature", settings.getTemperature(), TEMPERATURE);
    if (settings.getNoiseLevel() < 0) {
      throw new OutOfRangeException(
          "noise_level",
          "noise_level is %s; give a timestep of the model's schedule"
              .formatted(Integer.toUnsignedString(settings.getNoiseLevel())));
    }
    Limits.checkRange("guidance_scale", settings.getGuidanceScale(), GUIDANCE);
    Limits.checkRange("eta", settings.getEta(), 1);
    Limits.checkRange("guidance_rescale", settings.getGuidanceRescale(), 1);
    Limits.checkRange("classifier_scale", settings.getClassifierScale(), STEERING);
    Limits.checkRange("clip_scale", settings.getClipScale(), STEERING);
    checkInterval(settings);
    checkThresholds(settings);
  }

  private static void checkInterval(SamplingSettings settings) {
    double end = settings.hasGuidanceEnd() ? settings.getGuidanceEnd() : 1;
    Limits.checkRange("guidance_start", settings.getGuidanceStart(), 1);
    Limits.checkRange("guidance_end", end, 1);
    if (settings.getGuidanceStart() > end) {
      throw new OutOfRangeException(
          "guidance_end",
          "guidance_end is %s, before guidance_start at %s; exchange them"
              .formatted(end, settings.getGuidanceStart()));
    }
  }

  private static void checkThresholds(SamplingSettings settings) {
    if (settings.hasStaticThreshold() && settings.hasDynamicThreshold()) {
      throw new OutOfRangeException(
          "static_threshold", "static_threshold and dynamic_threshold are given; give one of them");
    }
    Limits.checkRange("static_threshold", settings.getStaticThreshold(), THRESHOLD);
    Limits.checkRange("dynamic_threshold", settings.getDynamicThreshold(), 1);
    if (settings.hasDynamicThreshold() && settings.getDynamicThreshold() == 0) {
      throw new OutOfRangeException(
          "dynamic_threshold",
          "dynamic_threshold is the quantile 0; give one above it, such as 0.995");
    }
    if (settings.hasDynamicThresholdMax()
        && (!settings.hasDynamicThreshold() || !(settings.getDynamicThresholdMax() >= 1))) {
      throw new OutOfRangeException(
          "dynamic_threshold_max",
          "dynamic_threshold_max must be 1 or more and go with a dynamic_threshold");
    }
  }
}
