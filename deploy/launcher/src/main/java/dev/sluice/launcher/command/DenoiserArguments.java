package dev.sluice.launcher.command;

import dev.sluice.contract.v1.SamplingSettings;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** How the denoiser shall sample, on the command line; what is left out is the model's own. */
final class DenoiserArguments {

  @Option(names = "--steps", description = "Steps of the denoiser.")
  private Integer steps;

  @Option(names = "--guidance", paramLabel = "SCALE", description = "The denoiser's guidance.")
  private Double guidance;

  @Option(names = "--sampler", paramLabel = "CLASS", description = "diffusers' scheduler class.")
  private String sampler;

  @Option(names = "--eta", description = "DDIM's share of fresh noise, 0 to 1.")
  private Double eta;

  @Option(
      names = "--spacing",
      paramLabel = "KIND",
      description = "How timesteps are spaced: linspace, leading or trailing.")
  private String spacing;

  @Option(
      names = "--guidance-rescale",
      paramLabel = "SHARE",
      description = "0 to 1: brings the contrast of guided predictions back to that of unguided.")
  private Double guidanceRescale;

  @Option(
      names = "--guidance-start",
      paramLabel = "SHARE",
      description = "Guidance from this share of the schedule on, 0 (noise) to 1 (picture).")
  private Double guidanceStart;

  @Option(
      names = "--guidance-end",
      paramLabel = "SHARE",
      description = "Guidance up to this share of the schedule.")
  private Double guidanceEnd;

  @Option(
      names = "--static-threshold",
      paramLabel = "VALUE",
      description = "Cuts predicted clean samples off at plus and minus this; 0 for never.")
  private Double staticThreshold;

  @Option(
      names = "--dynamic-threshold",
      paramLabel = "QUANTILE",
      description = "Cuts them off at this quantile of their magnitudes, such as 0.995 (Imagen).")
  private Double dynamicThreshold;

  @Option(
      names = "--dynamic-threshold-max",
      paramLabel = "VALUE",
      description = "The largest such threshold, 1 or more.")
  private Double dynamicThresholdMax;

  @Option(
      names = "--classifier-scale",
      paramLabel = "SCALE",
      description = "Towards the class, by a classifier beside the model.")
  private Double classifierScale;

  @Option(
      names = "--clip-scale",
      paramLabel = "SCALE",
      description = "Towards the prompt, by a CLIP beside a model of pixels; try 100.")
  private Double clipScale;

  @Option(
      names = "--cache-interval",
      paramLabel = "STEPS",
      description = "Runs the whole network at every so many steps only and reuses its features.")
  private Integer cacheInterval;

  @Option(
      names = "--temperature",
      paramLabel = "VALUE",
      description = "Of models that draw codes: 0 for the likeliest, 1 for the model's own odds.")
  private Double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "CODES",
      description = "Draws each code among so many of the likeliest.")
  private Integer topK;

  SamplingSettings settings() {
    SamplingSettings.Builder settings = SamplingSettings.newBuilder();
    set(steps, settings::setSteps);
    set(guidance, settings::setGuidanceScale);
    set(sampler, settings::setSampler);
    set(eta, settings::setEta);
    set(spacing, settings::setTimestepSpacing);
    set(guidanceRescale, settings::setGuidanceRescale);
    set(guidanceStart, settings::setGuidanceStart);
    set(guidanceEnd, settings::setGuidanceEnd);
    set(staticThreshold, settings::setStaticThreshold);
    set(dynamicThreshold, settings::setDynamicThreshold);
    set(dynamicThresholdMax, settings::setDynamicThresholdMax);
    set(classifierScale, settings::setClassifierScale);
    set(clipScale, settings::setClipScale);
    set(cacheInterval, settings::setCacheInterval);
    set(temperature, settings::setTemperature);
    set(topK, settings::setTopK);
    return settings.build();
  }

  static <T> void set(T value, Consumer<T> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }
}
