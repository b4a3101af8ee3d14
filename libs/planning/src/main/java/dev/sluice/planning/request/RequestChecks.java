package dev.sluice.planning.request;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import java.util.Set;

/** What every request must keep, whatever its model. Each breach is a {@link RequestException}. */
public final class RequestChecks {

  public static final int MAX_IMAGES = 16;

  private static final int MAX_CANDIDATES = 16;
  private static final int MAX_PROMPT = 1000;
  private static final int MAX_TENANT = 128;
  private static final int MAX_STEPS = 1000;
  private static final double MAX_GUIDANCE = 100;
  private static final double MAX_STEERING = 10_000;
  private static final double MAX_THRESHOLD = 1000;
  private static final Duration MAX_TIMEOUT = Durations.fromDays(7);

  private RequestChecks() {}

  public static void check(GenerationRequest request) {
    Texts.check(request);
    if (!request.getRequestId().isEmpty() && !ImageId.isName(request.getRequestId())) {
      throw RequestException.invalid(
          "request_id", "The request id must be 1 to 128 characters of A-Z a-z 0-9 . _ -");
    }
    checkLength("prompt", request.getPrompt());
    checkLength("negative_prompt", request.getNegativePrompt());
    checkLength("interpolation.prompt", request.getInterpolation().getPrompt());
    checkLength("interpolation.change.from", request.getInterpolation().getChange().getFrom());
    checkLength("interpolation.change.to", request.getInterpolation().getChange().getTo());
    // Unsigned in the message: what looks negative here is huge.
    if (Integer.compareUnsigned(request.getN(), MAX_IMAGES) > 0) {
      throw RequestException.invalid(
          "n",
          "n is %s; ask for 1 to %d pictures."
              .formatted(Integer.toUnsignedString(request.getN()), MAX_IMAGES));
    }
    if (Integer.compareUnsigned(request.getPriorCandidates(), MAX_CANDIDATES) > 0) {
      throw RequestException.invalid(
          "prior_candidates",
          "There are to be %s candidates; ask for 1 to %d."
              .formatted(Integer.toUnsignedString(request.getPriorCandidates()), MAX_CANDIDATES));
    }
    if (request.getTenant().length() > MAX_TENANT) {
      throw RequestException.invalid(
          "tenant",
          "The tenant has %d characters; at most %d are allowed."
              .formatted(request.getTenant().length(), MAX_TENANT));
    }
    if (request.hasSeed()) {
      checkSeed(request.getSeed(), Math.max(1, request.getN()));
    }
    if (request.hasTimeout()) {
      checkTimeout(request.getTimeout());
    }
    if (request.hasStrength()) {
      checkRange("strength", request.getStrength(), 1);
    }
    if (!request.getMask().isEmpty() && request.getImage().isEmpty()) {
      throw RequestException.invalid("mask", "A mask needs a picture to paint into.");
    }
    if (request.hasRefinerStart()
        && !(request.getRefinerStart() > 0 && request.getRefinerStart() < 1)) {
      throw RequestException.invalid(
          "refiner_start",
          "The refiner starts at %s; give a share between 0 and 1, without either."
              .formatted(request.getRefinerStart()));
    }
    checkSettings("prior", request.getPrior());
    checkUnsteered("prior", request.getPrior());
    checkUnsteered("refiner", request.getRefiner());
    checkSettings("refiner", request.getRefiner());
    checkSettings("denoiser", request.getDenoiser());
    checkNoiseless("prior", request.getPrior());
    checkNoiseless("denoiser", request.getDenoiser());
    checkNoiseless("refiner", request.getRefiner());
    for (int i = 0; i < request.getUpscalerCount(); i++) {
      checkSettings("upscaler[" + i + "]", request.getUpscaler(i));
      checkUnsteered("upscaler[" + i + "]", request.getUpscaler(i));
    }
  }

  /** The values that a whole number of a request may have, whatever the model. */
  public static String allowed(String field) {
    return switch (field) {
      case "n" -> "from 1 to " + MAX_IMAGES;
      case "prior_candidates" -> "from 1 to " + MAX_CANDIDATES;
      case "steps", "cache_interval" -> "from 1 to " + MAX_STEPS;
      case "width", "height" -> "of pixels";
      default -> "from 0 on";
    };
  }

  private static void checkLength(String field, String text) {
    int length = text.codePointCount(0, text.length());
    if (length > MAX_PROMPT) {
      throw RequestException.invalid(
          field,
          "The %s has %d characters; at most %d are allowed."
              .formatted(field.replace('_', ' '), length, MAX_PROMPT));
    }
  }

  private static void checkSeed(long seed, int images) {
    if (seed < 0) {
      throw RequestException.invalid(
          "seed",
          "The seed is %d; give 0 to 2^63 - 1, or leave it out for a random one.".formatted(seed));
    }
    if (seed > Long.MAX_VALUE - (images - 1)) {
      throw RequestException.invalid(
          "seed",
          "Picture i takes seed + i, and %d + %d is more than 2^63 - 1. Give a smaller seed."
              .formatted(seed, images - 1));
    }
  }

  private static void checkTimeout(Duration timeout) {
    if (!Durations.isValid(timeout)
        || !Durations.isPositive(timeout)
        || Durations.compare(timeout, MAX_TIMEOUT) > 0) {
      throw RequestException.invalid(
          "timeout",
          "The timeout must be longer than nothing and at most %d days."
              .formatted(Durations.toDays(MAX_TIMEOUT)));
    }
  }

  public static void checkSettings(String stage, SamplingSettings settings) {
    if (settings.hasSteps()
        && (settings.getSteps() == 0
            || Integer.compareUnsigned(settings.getSteps(), MAX_STEPS) > 0)) {
      throw RequestException.invalid(
          stage + ".steps",
          "%s steps is %s; give 1 to %d."
              .formatted(stage, Integer.toUnsignedString(settings.getSteps()), MAX_STEPS));
    }
    if (settings.hasGuidanceScale()) {
      checkRange(stage + ".guidance_scale", settings.getGuidanceScale(), MAX_GUIDANCE);
    }
    if (settings.hasSampler() && !Samplers.names().contains(settings.getSampler())) {
      throw RequestException.invalid(
          stage + ".sampler", SamplerNames.unknown(settings.getSampler()));
    }
    if (settings.hasEta()) {
      checkRange(stage + ".eta", settings.getEta(), 1);
    }
    if (settings.hasTimestepSpacing()
        && !TimestepSpacing.names().contains(settings.getTimestepSpacing())) {
      throw RequestException.invalid(
          stage + ".timestep_spacing",
          "There is no timestep spacing '%s'; there are %s.%s"
              .formatted(
                  Texts.quotable(settings.getTimestepSpacing()),
                  String.join(", ", TimestepSpacing.names()),
                  Nearest.hint(settings.getTimestepSpacing(), TimestepSpacing.names())));
    }
    if (settings.hasCacheInterval()
        && Integer.compareUnsigned(settings.getCacheInterval() - 1, MAX_STEPS) >= 0) {
      throw RequestException.invalid(
          stage + ".cache_interval",
          "%s cache interval is %s; give 1 to %d."
              .formatted(stage, Integer.toUnsignedString(settings.getCacheInterval()), MAX_STEPS));
    }
    if (settings.getNoiseLevel() < 0) {
      throw RequestException.invalid(
          stage + ".noise_level",
          "%s noise level is %s; give a timestep of the model's schedule."
              .formatted(stage, Integer.toUnsignedString(settings.getNoiseLevel())));
    }
    checkGuidance(stage, settings);
    checkRange(stage + ".classifier_scale", settings.getClassifierScale(), MAX_STEERING);
    checkRange(stage + ".clip_scale", settings.getClipScale(), MAX_STEERING);
    checkThresholds(stage, settings);
  }

  /** Other networks' gradients guide what makes the picture, and nothing else. */
  private static void checkUnsteered(String stage, SamplingSettings settings) {
    if (settings.hasCacheInterval() && !stage.equals("refiner")) {
      throw RequestException.invalid(
          stage + ".cache_interval",
          "Features are reused by denoisers only; leave that out of %s.".formatted(stage));
    }
    if (settings.getClassifierScale() > 0 || settings.getClipScale() > 0) {
      throw RequestException.invalid(
          stage + (settings.getClipScale() > 0 ? ".clip_scale" : ".classifier_scale"),
          "Classifiers and CLIP guide the denoiser; set their scales there, not at %s."
              .formatted(stage));
    }
  }

  private static void checkNoiseless(String stage, SamplingSettings settings) {
    if (settings.hasNoiseLevel()) {
      throw RequestException.invalid(
          stage + ".noise_level",
          "Noise is put on pictures to be enlarged; leave that out of %s.".formatted(stage));
    }
  }

  private static void checkGuidance(String stage, SamplingSettings settings) {
    double end = settings.hasGuidanceEnd() ? settings.getGuidanceEnd() : 1;
    checkRange(stage + ".guidance_rescale", settings.getGuidanceRescale(), 1);
    checkRange(stage + ".guidance_start", settings.getGuidanceStart(), 1);
    checkRange(stage + ".guidance_end", end, 1);
    if (settings.getGuidanceStart() > end) {
      throw RequestException.invalid(
          stage + ".guidance_end",
          "%s guidance ends at %s, before it starts at %s; exchange them."
              .formatted(stage, end, settings.getGuidanceStart()));
    }
  }

  private static void checkThresholds(String stage, SamplingSettings settings) {
    if (settings.hasStaticThreshold() && settings.hasDynamicThreshold()) {
      throw RequestException.invalid(
          stage + ".static_threshold",
          "%s has a static and a dynamic threshold; give one of them.".formatted(stage));
    }
    checkRange(stage + ".static_threshold", settings.getStaticThreshold(), MAX_THRESHOLD);
    if (settings.hasDynamicThreshold()) {
      checkRange(stage + ".dynamic_threshold", settings.getDynamicThreshold(), 1);
      if (settings.getDynamicThreshold() == 0) {
        throw RequestException.invalid(
            stage + ".dynamic_threshold",
            "%s dynamic threshold is the quantile 0; give one above it, such as 0.995."
                .formatted(stage));
      }
    }
    if (settings.hasDynamicThresholdMax()
        && (!settings.hasDynamicThreshold() || !(settings.getDynamicThresholdMax() >= 1))) {
      throw RequestException.invalid(
          stage + ".dynamic_threshold_max",
          "%s dynamic threshold max must be 1 or more and go with a dynamic threshold."
              .formatted(stage));
    }
  }

  /**
   * Checks a request for a part of the way, where most fields have nothing to act on.
   *
   * @param fields those that have
   * @param part of what it is, for the message
   */
  public static void requireOnly(Set<String> fields, GenerationRequest request, String part) {
    for (FieldDescriptor field : request.getAllFields().keySet()) {
      if (!fields.contains(field.getName())) {
        throw RequestException.invalid(
            field.getName(),
            "%s has no use for %s; leave it out.".formatted(part, field.getName()));
      }
    }
  }

  /** Written so that NaN, which is in no order with any number, fails too. */
  public static void checkRange(String field, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw RequestException.invalid(
          field, "%s is %s; give a number from 0 to %.0f.".formatted(field, value, most));
    }
  }
}
