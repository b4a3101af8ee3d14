package dev.sluice.planning.work;

import dev.sluice.catalog.Ability;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.sampling.Sampled;
import dev.sluice.planning.sampling.SamplerChecks;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * How much work each step of a route is, for whoever has to know how much waits: rows x calls x
 * what a row costs. It is told before anything runs, so what only a stage finds out, such as how
 * many rows share a call, is not in it; how long work takes is measured, not declared.
 */
public final class DeclaredWork {

  private DeclaredWork() {}

  /**
   * The same route, each step with its work.
   *
   * @param route whose samplers were checked
   * @param models by the name that a step gives; empty for the request's own
   */
  public static List<RouteStep> on(List<RouteStep> route, Function<String, ModelFolder> models) {
    List<RouteStep> declared = new ArrayList<>();
    ImageSize pixels = null;
    for (RouteStep step : route) {
      ModelFolder model = models.apply(step.getModel());
      if (step.hasDenoiser()) {
        pixels = pixels(step.getDenoiser(), model);
      }
      declared.add(step.toBuilder().setWork(of(step, model, pixels)).build());
    }
    return declared;
  }

  private static ImageSize pixels(DenoiserParameters parameters, ModelFolder model) {
    return parameters.getWidth() > 0 && parameters.getHeight() > 0
        ? new ImageSize(parameters.getWidth(), parameters.getHeight())
        : ImageSize.of(model.sampleSize());
  }

  private static double of(RouteStep step, ModelFolder model, ImageSize pixels) {
    return switch (step.getStage()) {
      // The prompt and what stands against it.
      case TEXT_ENCODER -> 2.0 * RowPlaces.ofText(model);
      case PRIOR -> prior(step, model);
      case DENOISER ->
          rows(step.getDenoiser().getSampling(), model)
              * calls(step, model)
              * RowPlaces.ofDenoiser(model, pixels);
      case UPSCALER ->
          finish(step, model, pixels == null ? ImageSize.of(model.sampleSize()) : pixels);
      default -> 0;
    };
  }

  private static double prior(RouteStep step, ModelFolder model) {
    PriorParameters prior = step.getPrior();
    if (prior.getAutoregressive()) {
      return rows(prior.getSampling(), model) * RowPlaces.codes(model) * RowPlaces.ofCodes(model);
    }
    if (prior.hasSampling()) {
      int embeddings = Math.max(1, prior.getCandidates()) + (prior.getWithNegative() ? 1 : 0);
      // Where the prior is another model's, the step names that.
      return embeddings
          * rows(prior.getSampling(), model)
          * calls(step, model)
          * RowPlaces.ofPrior(model);
    }
    return model.has(ModelFolder.IMAGE_ENCODER) ? RowPlaces.ofPicture(model) : 1;
  }

  private static double finish(RouteStep step, ModelFolder model, ImageSize pixels) {
    List<Long> places = RowPlaces.ofFinish(model, pixels);
    List<SamplingSettings> settings = step.getUpscaler().getCascadeList();
    double work = 0;
    for (int i = 0; i < places.size(); i++) {
      double calls =
          i < settings.size()
              ? rows(settings.get(i), model) * Math.max(1, settings.get(i).getSteps())
              : 1;
      work += calls * places.get(i);
    }
    return work;
  }

  /** Guidance asks for each step twice, where it is at work; a guidance embedding does not. */
  private static double rows(SamplingSettings sampling, ModelFolder model) {
    return model.pipeline().hasDenoiser() && model.abilities().contains(Ability.GUIDANCE_EMBEDDING)
        ? 1
        : rows(sampling);
  }

  private static double rows(SamplingSettings sampling) {
    if (!sampling.hasGuidanceScale() || sampling.getGuidanceScale() <= 1) {
      return 1;
    }
    double start = sampling.getGuidanceStart();
    double end = sampling.hasGuidanceEnd() ? sampling.getGuidanceEnd() : 1;
    return 1 + Math.max(0, end - start);
  }

  private static double calls(RouteStep step, ModelFolder model) {
    double calls =
        Sampled.by(step)
            .flatMap(kind -> SamplerChecks.calls(kind, step, model))
            .orElseGet(() -> (double) Math.max(1, step.getDenoiser().getSampling().getSteps()));
    DenoiserParameters parameters = step.getDenoiser();
    double share = parameters.hasStrength() ? parameters.getStrength() : 1;
    double start = parameters.getStart();
    double end = parameters.hasEnd() ? parameters.getEnd() : 1;
    return Math.max(1, calls * share * Math.max(0, end - start));
  }

  /**
   * A step whose settings were changed, with its work changed alike: for a request that goes on
   * from what was kept, and asks no model.
   *
   * @param before with its work, or 0 for not known
   */
  public static RouteStep changed(RouteStep before, RouteStep after) {
    double was = rowSteps(before);
    return was > 0
        ? after.toBuilder().setWork(before.getWork() * rowSteps(after) / was).build()
        : after;
  }

  private static double rowSteps(RouteStep step) {
    return Sampled.by(step).stream()
        .flatMap(kind -> kind.settings(step).stream())
        .mapToDouble(settings -> rows(settings) * Math.max(1, settings.getSteps()))
        .sum();
  }
}
