package dev.sluice.planning.route;

import static dev.sluice.planning.sampling.SettingsOverlay.overlay;
import static dev.sluice.planning.sampling.SettingsOverlay.own;

import dev.sluice.catalog.Ability;
import dev.sluice.catalog.DenoiserKind;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.UpscalerParameters;
import dev.sluice.planning.sampling.SamplingDefaults;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The stages that a picture of words, or of a class, passes; whatever else a request asks for
 * changes this route. It follows from the table of pipeline classes: text where a model understands
 * it, a prior where it starts from picture embeddings (Ramesh et al. 2022), then the denoiser and
 * what makes its samples pictures.
 */
public final class PlainRoute {

  /** diffusers' of its unCLIP and Kandinsky pipelines. */
  private static final SamplingSettings PRIOR = own(25, 4);

  /** diffusers' of its unCLIP pipelines. */
  private static final SamplingSettings SUPER_RESOLUTION = own(7, 1);

  private PlainRoute() {}

  /** The stages of the pictures of a class of models, in order; none for one that makes none. */
  public static List<Stage> stages(PipelineClass pipeline) {
    if (!pipeline.hasDenoiser()) {
      return List.of();
    }
    Set<Ability> abilities = pipeline.abilities();
    List<Stage> stages = new ArrayList<>();
    if (abilities.contains(Ability.TEXT)) {
      stages.add(Stage.TEXT_ENCODER);
    }
    if (abilities.contains(Ability.EMBEDDINGS)) {
      stages.add(Stage.PRIOR);
    }
    stages.add(Stage.DENOISER);
    stages.add(Stage.UPSCALER);
    return stages;
  }

  /** Those stages with what each shall do. */
  public static List<RouteStep> of(ModelFolder model, GenerationRequest request) {
    SamplingDefaults defaults = SamplingDefaults.of(model);
    return stages(model.pipeline()).stream()
        .map(
            stage ->
                switch (stage) {
                  case TEXT_ENCODER ->
                      RouteSteps.text(request.getPrompt(), request.getNegativePrompt());
                  case PRIOR -> RouteSteps.prior(prior(model, defaults, request));
                  case DENOISER -> RouteSteps.denoiser(denoiser(model, defaults, request));
                  default -> RouteSteps.upscaler(upscaler(model, defaults, request));
                })
        .toList();
  }

  private static PriorParameters.Builder prior(
      ModelFolder model, SamplingDefaults defaults, GenerationRequest request) {
    return PriorParameters.newBuilder()
        .setSampling(overlay(defaults.of("prior", PRIOR), request.getPrior()))
        // A decoder that reads no text learns from the embedding what is not wanted.
        .setWithNegative(!decoderReadsText(model) && !request.getNegativePrompt().isEmpty());
  }

  /** Whether the text conditions the decoder beside the embedding, as unCLIP's. */
  public static boolean decoderReadsText(ModelFolder model) {
    return model.pipeline().takesText();
  }

  /** How a model's denoiser samples where a request says nothing. */
  public static SamplingSettings denoising(ModelFolder model) {
    return denoising(model, SamplingDefaults.of(model));
  }

  private static SamplingSettings denoising(ModelFolder model, SamplingDefaults defaults) {
    PipelineClass.Usual usual = model.pipeline().usual();
    return defaults.of(
        "denoiser",
        model.pipeline().denoiser() == DenoiserKind.CODES
            ? drawing(model)
            : own(usual.steps(), usual.guidanceScale()));
  }

  /** A step for each code, by the odds that the network gives. */
  private static SamplingSettings drawing(ModelFolder model) {
    return SamplingSettings.newBuilder()
        .setSteps(model.sampleSize().codes())
        .setGuidanceScale(model.pipeline().usual().guidanceScale())
        .setTemperature(1)
        .build();
  }

  private static DenoiserParameters.Builder denoiser(
      ModelFolder model, SamplingDefaults defaults, GenerationRequest request) {
    DenoiserParameters.Builder parameters =
        DenoiserParameters.newBuilder()
            .setSampling(overlay(denoising(model, defaults), request.getDenoiser()));
    if (!Sizes.isEnlarged(model)) {
      parameters.setWidth(request.getWidth()).setHeight(request.getHeight());
    }
    return parameters;
  }

  private static UpscalerParameters.Builder upscaler(
      ModelFolder model, SamplingDefaults defaults, GenerationRequest request) {
    UpscalerParameters.Builder parameters = UpscalerParameters.newBuilder();
    int enlargements = Sizes.enlargements(model);
    if (enlargements == 0) {
      return parameters;
    }
    SamplingSettings own = defaults.of("upscaler", SUPER_RESOLUTION);
    for (int i = 0; i < enlargements; i++) {
      parameters.addCascade(
          i < request.getUpscalerCount() ? overlay(own, request.getUpscaler(i)) : own);
    }
    return parameters;
  }
}
