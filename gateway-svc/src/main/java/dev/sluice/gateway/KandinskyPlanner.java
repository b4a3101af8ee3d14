package dev.sluice.gateway;

import static dev.sluice.gateway.SettingsOverlay.overlay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingParameters;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.UpscalerParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Kandinsky 2.2 (Razzhigaev et al. 2023): unCLIP with latents, published in two halves. This is the
 * decoder's; {@link PriorChoice} finds the other one. The defaults are those of diffusers' {@code
 * KandinskyV22CombinedPipeline}.
 */
final class KandinskyPlanner implements PipelinePlanner {

  private static final int LARGEST_SIDE = 2048;

  private static final SamplingParameters PRIOR = SettingsOverlay.own(25, 4);
  private static final SamplingParameters DECODER = SettingsOverlay.own(100, 4);

  @Override
  public ImageSize naturalSize(ModelFolder model) {
    int size = model.componentConfig("unet").path("sample_size").asInt() * scale(model);
    return new ImageSize(size, size);
  }

  /** Pixels per value of a latent: the autoencoder halves a picture between its blocks. */
  private static int scale(ModelFolder model) {
    JsonNode blocks = model.componentConfig("movq").path("block_out_channels");
    return 1 << Math.max(0, blocks.size() - 1);
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
    checkSize(model, "width", request.getWidth());
    checkSize(model, "height", request.getHeight());
    SamplingDefaults defaults = model.samplingDefaults();
    SamplingParameters prior = overlay(defaults.of("prior", PRIOR), request.getPrior());
    List<RouteStep> route =
        new ArrayList<>(
            new EmbeddingRoute(request, prior, false, request.getVariation(), Optional.empty())
                .steps());
    route.add(
        step(Stage.DENOISER)
            .setDenoiser(
                DenoiserParameters.newBuilder()
                    .setSampling(overlay(defaults.of("denoiser", DECODER), request.getDenoiser()))
                    .setWidth(request.getWidth())
                    .setHeight(request.getHeight()))
            .build());
    route.add(step(Stage.UPSCALER).setUpscaler(UpscalerParameters.getDefaultInstance()).build());
    return route;
  }

  /** The UNet halves a latent as often as the autoencoder halves a picture. */
  private static void checkSize(ModelFolder model, String field, int pixels) {
    int cell = scale(model) * scale(model);
    if (Integer.remainderUnsigned(pixels, cell) != 0
        || Integer.compareUnsigned(pixels, LARGEST_SIDE) > 0) {
      throw RequestException.invalid(
          field,
          "The %s is %s pixels; model %s needs a multiple of %d up to %d."
              .formatted(
                  field, Integer.toUnsignedString(pixels), model.name(), cell, LARGEST_SIDE));
    }
  }

  private static RouteStep.Builder step(Stage stage) {
    return RouteStep.newBuilder().setStage(stage).setTopic(Topics.tasks(stage));
  }
}
