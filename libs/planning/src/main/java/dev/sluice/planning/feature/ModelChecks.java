package dev.sluice.planning.feature;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.family.Interpolations;
import dev.sluice.planning.family.Inversion;
import dev.sluice.planning.family.PipelinePlanner;
import dev.sluice.planning.request.RequestException;

/**
 * Whether a model can do what a request asks of it, as far as it does not depend on how. Each no is
 * a {@link RequestException}.
 */
public final class ModelChecks {

  private ModelChecks() {}

  /**
   * Checks a request.
   *
   * @param request checked for everything that does not depend on the model
   */
  public static void check(ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    if (request.getUpscale()) {
      Enlargement.check(model, planner, request);
    } else {
      checkSubject(model, planner, request);
      Interpolations.check(model, planner, request);
      Inversion.check(model, planner, request);
      checkVariation(model, planner, request);
      checkCandidates(model, planner, request);
      checkAutoregressivePrior(model, planner, request);
      checkClipGuidance(model, planner, request);
      checkMask(model, planner, request);
    }
    int upscalers = planner.upscalers(model);
    if (request.getUpscalerCount() > upscalers) {
      throw RequestException.invalid(
          "upscaler",
          "There are settings for %d enlargements; model %s makes %d."
              .formatted(request.getUpscalerCount(), model.name(), upscalers));
    }
  }

  /** What the picture is to show is said in the way that the model understands. */
  private static void checkSubject(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    int classes = classes(model, planner, request);
    boolean varies = planner.isForVariations() || request.getVariation();
    boolean walks = Interpolations.isBetweenEmbeddings(request) && !request.getImage().isEmpty();
    if (planner.takesText() && !varies && !walks && request.getPrompt().isBlank()) {
      throw RequestException.invalid("prompt", "The prompt is empty; say what the picture shows.");
    }
    if (!planner.takesText() && !request.getPrompt().isEmpty()) {
      throw RequestException.invalid(
          "prompt", "Model %s understands no words; leave the prompt out.".formatted(model.name()));
    }
    if (classes > 0 && !request.hasClassLabel()) {
      throw RequestException.invalid(
          "class_label",
          "Model %s shows classes of things; give one from 0 to %d."
              .formatted(model.name(), classes - 1));
    }
    if (request.hasClassLabel() && Integer.compareUnsigned(request.getClassLabel(), classes) >= 0) {
      throw RequestException.invalid(
          "class_label",
          classes == 0
              ? "Model %s knows no classes; leave the class label out.".formatted(model.name())
              : "The class label is %s; model %s knows 0 to %d."
                  .formatted(
                      Integer.toUnsignedString(request.getClassLabel()),
                      model.name(),
                      classes - 1));
    }
  }

  /** How many classes a request may choose from; 0 if it has no use for one. */
  private static int classes(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    int own = planner.classes(model);
    if (!(request.getDenoiser().getClassifierScale() > 0)) {
      return own;
    }
    int judged = model.classifierClasses();
    if (judged == 0) {
      throw RequestException.invalid(
          "denoiser.classifier_scale",
          "Model %s has no classifier beside it; leave the scale out.".formatted(model.name()));
    }
    return own == 0 ? judged : Math.min(own, judged);
  }

  private static void checkClipGuidance(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    if (request.getDenoiser().getClipScale() > 0 && !planner.takesClipGuidance(model)) {
      throw RequestException.invalid(
          "denoiser.clip_scale",
          "Model %s has no CLIP that could judge its pictures; leave the scale out."
              .formatted(model.name()));
    }
  }

  private static void checkVariation(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    boolean possible = planner.takesVariation(model);
    if (request.getVariation() && !possible) {
      throw RequestException.invalid(
          "variation",
          "Model %s makes no variations; use one that starts from picture embeddings."
              .formatted(model.name()));
    }
    boolean varies = planner.isForVariations() || request.getVariation();
    if (varies && request.getImage().isEmpty()) {
      throw RequestException.invalid("image", "A variation needs a picture; give one.");
    }
    if (possible
        && !varies
        && !Interpolations.isBetweenEmbeddings(request)
        && !request.getImage().isEmpty()) {
      throw RequestException.invalid(
          "image",
          "Model %s does nothing with a picture but variations and interpolations; ask for one, or leave it out."
              .formatted(model.name()));
    }
  }

  private static void checkCandidates(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    if (request.getPriorCandidates() > 1
        && (!planner.samplesEmbeddings() || request.getVariation() || isBetweenImages(request))) {
      throw RequestException.invalid(
          "prior_candidates",
          "Model %s samples no picture embedding for this; leave the number of candidates out."
              .formatted(model.name()));
    }
  }

  private static void checkAutoregressivePrior(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    if (!request.getAutoregressivePrior()) {
      return;
    }
    if (!planner.samplesByCodes(model) || request.getVariation() || isBetweenImages(request)) {
      throw RequestException.invalid(
          "autoregressive_prior",
          "Model %s samples no picture embedding for this by an autoregressive prior; leave it out."
              .formatted(model.name()));
    }
    checkOfCodes(request.getPrior());
  }

  /** Checks settings of an autoregressive prior. */
  public static void checkOfCodes(SamplingSettings settings) {
    for (FieldDescriptor field : settings.getAllFields().keySet()) {
      if (!field.getName().equals("guidance_scale")) {
        throw RequestException.invalid(
            "prior." + field.getName(),
            "An autoregressive prior makes one step for each of its codes and is set by its"
                + " guidance_scale only; leave %s out.".formatted(field.getName()));
      }
    }
  }

  private static boolean isBetweenImages(GenerationRequest request) {
    return !request.getInterpolation().hasPrompt() && !request.getImage().isEmpty();
  }

  private static void checkMask(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    if (!request.getMask().isEmpty() && !planner.takesMask()) {
      throw RequestException.invalid(
          "mask", "Model %s does not paint into pictures; leave it out.".formatted(model.name()));
    }
  }
}
