package dev.sluice.planning.request;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.sluice.catalog.file.Nearest;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.Limits;
import dev.sluice.contract.OutOfRangeException;
import dev.sluice.contract.SamplingRanges;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.schedule.TimestepSpacing;
import java.util.Set;

/** What every request must keep, whatever its model. Each breach is a {@link RequestException}. */
public final class RequestChecks {

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
    if (request.getN() != 0) {
      check(() -> Limits.checkCount("n", request.getN(), Limits.IMAGES));
    }
    if (request.getPreviews() != 0) {
      check(() -> Limits.checkCount("previews", request.getPreviews(), Limits.PREVIEWS));
      if (request.getPreviewEverySteps() != 0) {
        throw RequestException.invalid(
            "previews", "previews and preview_every_steps say the same; leave one out.");
      }
    }
    if (request.getPriorCandidates() != 0) {
      check(
          () ->
              Limits.checkCount(
                  "prior_candidates", request.getPriorCandidates(), Limits.PRIOR_CANDIDATES));
    }
    if (request.getTenant().length() > Limits.TENANT) {
      throw RequestException.invalid(
          "tenant",
          "The tenant has %d characters; at most %d are allowed."
              .formatted(request.getTenant().length(), Limits.TENANT));
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
      case "n" -> "from 1 to " + Limits.IMAGES;
      case "previews" -> "from 1 to " + Limits.PREVIEWS;
      case "prior_candidates" -> "from 1 to " + Limits.PRIOR_CANDIDATES;
      case "steps", "cache_interval", "top_k" -> "from 1 to " + Limits.STEPS;
      case "width", "height" -> "of pixels";
      default -> "from 0 on";
    };
  }

  private static void checkLength(String field, String text) {
    try {
      Limits.checkText(field, text);
    } catch (OutOfRangeException e) {
      throw RequestException.invalid(
          field, "The %s has %s.".formatted(field.replace('_', ' '), e.getMessage()));
    }
  }

  /** A breach of a range in the words of a request. */
  private static void check(Runnable range) {
    try {
      range.run();
    } catch (OutOfRangeException e) {
      throw RequestException.invalid(e.field(), e.getMessage() + ".");
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
        || Durations.compare(timeout, Limits.TIMEOUT) > 0) {
      throw RequestException.invalid(
          "timeout",
          "The timeout must be longer than nothing and at most %d days."
              .formatted(Durations.toDays(Limits.TIMEOUT)));
    }
  }

  public static void checkSettings(String stage, SamplingSettings settings) {
    try {
      SamplingRanges.check(settings);
    } catch (OutOfRangeException e) {
      throw RequestException.invalid(
          stage + "." + e.field(), "%s: %s.".formatted(stage, e.getMessage()));
    }
    if (settings.hasSampler() && !Samplers.names().contains(settings.getSampler())) {
      throw RequestException.invalid(
          stage + ".sampler", SamplerNames.unknown(settings.getSampler()));
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
  }

  /** Other networks' gradients guide what makes the picture, and nothing else. */
  private static void checkUnsteered(String stage, SamplingSettings settings) {
    if (settings.hasCacheInterval() && !stage.equals("refiner")) {
      throw RequestException.invalid(
          stage + ".cache_interval",
          "Features are reused by denoisers only; leave that out of %s.".formatted(stage));
    }
    if (settings.hasTemperature() || settings.hasTopK()) {
      throw RequestException.invalid(
          stage + (settings.hasTopK() ? ".top_k" : ".temperature"),
          "Codes are drawn by what makes the picture; leave that out of %s.".formatted(stage));
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

  public static void checkRange(String field, double value, double most) {
    check(() -> Limits.checkRange(field, value, most));
  }
}
