package dev.sluice.planning.family;

import static dev.sluice.planning.sampling.SettingsOverlay.overlay;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.SampleGrid;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.planning.feature.PriorChoice;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.SizeLimits;
import dev.sluice.planning.sampling.SamplingDefaults;
import dev.sluice.planning.sampling.SettingsOverlay;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Kandinsky 2.2 (Razzhigaev et al. 2023): unCLIP with latents, published in two halves. This is the
 * decoder's; {@link PriorChoice} finds the other one. The defaults are those of diffusers' {@code
 * KandinskyV22CombinedPipeline}.
 */
final class KandinskyPlanner implements PipelinePlanner {

  private static final SamplingSettings PRIOR = SettingsOverlay.own(25, 4);
  private static final SamplingSettings DECODER = SettingsOverlay.own(100, 4);

  @Override
  public ImageSize naturalSize(ModelFolder model) {
    return ImageSize.of(model.sampleSize());
  }

  @Override
  public SizeLimits limits(ModelFolder model) {
    return SizeLimits.of(
        model.sampleSize().downscale(), SampleGrid.of(model).multiple(), naturalSize(model));
  }

  @Override
  public List<Stage> stages() {
    return List.of(Stage.TEXT_ENCODER, Stage.PRIOR, Stage.DENOISER, Stage.UPSCALER);
  }

  @Override
  public int upscalers(ModelFolder model) {
    return 0;
  }

  @Override
  public boolean needsPrior() {
    return true;
  }

  @Override
  public boolean samplesEmbeddings() {
    return true;
  }

  @Override
  public boolean takesVariation(ModelFolder model) {
    return true;
  }

  @Override
  public List<RouteStep> route(ModelFolder model, GenerationRequest request) {
    SamplingDefaults defaults = SamplingDefaults.of(model);
    SamplingSettings prior = overlay(defaults.of("prior", PRIOR), request.getPrior());
    List<RouteStep> route =
        new ArrayList<>(
            new EmbeddingRoute(request, prior, false, request.getVariation(), Optional.empty())
                .steps());
    route.add(
        RouteSteps.denoiser(
            DenoiserParameters.newBuilder()
                .setSampling(overlay(defaults.of("denoiser", DECODER), request.getDenoiser()))
                .setWidth(request.getWidth())
                .setHeight(request.getHeight())));
    route.add(RouteSteps.upscaler());
    return route;
  }
}
