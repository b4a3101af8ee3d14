package dev.sluice.planning.family;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.UpscalerParameters;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.SizeLimits;
import dev.sluice.planning.sampling.SamplingDefaults;
import dev.sluice.planning.sampling.SettingsOverlay;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * unCLIP (Ramesh et al. 2022, "Hierarchical Text-Conditional Image Generation with CLIP Latents"):
 * text to image embedding by the prior, to a small picture by the decoder, and up by two
 * super-resolution networks. A variation takes the embedding of a picture instead (section 3.1).
 * The defaults are those of diffusers' {@code UnCLIPPipeline}.
 *
 * @param isForVariations whether the model has no prior
 */
record UnclipPlanner(boolean isForVariations) implements PipelinePlanner {

  private static final String DECODER_NETWORK = "decoder";
  private static final String FIRST = "super_res_first";
  private static final String LAST = "super_res_last";

  private static final SamplingSettings PRIOR = SettingsOverlay.own(25, 4.0);
  private static final SamplingSettings AUTOREGRESSIVE_PRIOR =
      SamplingSettings.newBuilder().setGuidanceScale(1).build();
  private static final SamplingSettings DECODER = SettingsOverlay.own(25, 8.0);
  private static final SamplingSettings SUPER_RES = SettingsOverlay.own(7, 1.0);

  @Override
  public boolean takesVariation(ModelFolder model) {
    return model.has("image_encoder");
  }

  @Override
  public boolean samplesEmbeddings() {
    return !isForVariations;
  }

  @Override
  public boolean samplesByCodes(ModelFolder model) {
    return samplesEmbeddings() && model.has("autoregressive_prior");
  }

  @Override
  public boolean inverts() {
    return true;
  }

  @Override
  public ImageSize naturalSize(ModelFolder model) {
    return square(sampleSize(model, LAST));
  }

  @Override
  public SizeLimits limits(ModelFolder model) {
    return SizeLimits.only(naturalSize(model));
  }

  @Override
  public Optional<ImageSize> enlarges(ModelFolder model) {
    return Optional.of(square(sampleSize(model, DECODER_NETWORK)));
  }

  private static ImageSize square(int side) {
    return new ImageSize(side, side);
  }

  @Override
  public boolean takesClipGuidance(ModelFolder model) {
    return model.has("image_encoder");
  }

  @Override
  public List<Stage> stages() {
    return List.of(Stage.TEXT_ENCODER, Stage.PRIOR, Stage.DENOISER, Stage.UPSCALER);
  }

  /**
   * Two networks of one size share one enlargement, as Karlo's do; else there is one for each, as
   * in the paper.
   */
  @Override
  public int upscalers(ModelFolder model) {
    return sampleSize(model, FIRST) == sampleSize(model, LAST) ? 1 : 2;
  }

  private static int sampleSize(ModelFolder model, String network) {
    return model.config(network).integer("sample_size");
  }

  @Override
  public List<RouteStep> route(ModelFolder model, GenerationRequest request) {
    SamplingDefaults defaults = SamplingDefaults.of(model);
    RouteStep upscaler =
        RouteSteps.upscaler(
            upscaling(upscalers(model), defaults.of("upscaler", SUPER_RES), request));
    if (request.getUpscale()) {
      return List.of(upscaler);
    }
    SamplingSettings prior =
        SettingsOverlay.overlay(
            request.getAutoregressivePrior()
                ? defaults.of("autoregressive_prior", AUTOREGRESSIVE_PRIOR)
                : defaults.of("prior", PRIOR),
            request.getPrior());
    boolean varies = isForVariations || request.getVariation();
    SamplingSettings usual =
        SettingsOverlay.overlay(defaults.of("denoiser", DECODER), request.getDenoiser());
    boolean inverts = Inversion.isWanted(request);
    boolean followsNoise = inverts || request.getInterpolation().hasSeed();
    SamplingSettings sampling =
        followsNoise ? Inversion.making(usual, request.getDenoiser()) : usual;
    Optional<SamplingSettings> inversion =
        inverts ? Optional.of(Inversion.finding(sampling)) : Optional.empty();
    List<RouteStep> route =
        new ArrayList<>(new EmbeddingRoute(request, prior, true, varies, inversion).steps());
    DenoiserParameters.Builder denoiser = DenoiserParameters.newBuilder().setSampling(sampling);
    if (inverts && request.getInterpolation().hasImage()) {
      denoiser.setNoiseBlend(request.getInterpolation().getPosition());
    }
    route.add(RouteSteps.denoiser(denoiser));
    route.add(upscaler);
    return route;
  }

  private static UpscalerParameters.Builder upscaling(
      int enlargements, SamplingSettings own, GenerationRequest request) {
    UpscalerParameters.Builder parameters = UpscalerParameters.newBuilder();
    for (int i = 0; i < enlargements; i++) {
      parameters.addCascade(
          i < request.getUpscalerCount()
              ? SettingsOverlay.overlay(own, request.getUpscaler(i))
              : own);
    }
    return parameters;
  }
}
