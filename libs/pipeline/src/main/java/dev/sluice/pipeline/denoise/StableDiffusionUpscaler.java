package dev.sluice.pipeline.denoise;

import static dev.sluice.pipeline.request.TensorNames.IMAGE;
import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;
import static dev.sluice.pipeline.request.TensorNames.TEXT_HIDDEN_STATES;

import dev.sluice.catalog.ConditioningNoise;
import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.loop.LowResolution;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.Map;

/**
 * Stable Diffusion's x4 upscaler: latents of the large picture have the extents of the small one,
 * which the UNet sees beside them with noise of a level that it is told (Ho et al. 2022, "Cascaded
 * Diffusion Models", section 4.2).
 */
public final class StableDiffusionUpscaler implements DenoiserFamily {

  private static final int NOISE_LEVEL = 20;
  private static final int EXAMPLE_SIZE = 16;

  private final Trained trained;
  private final Config config;
  private final LowResolution lowResolution;

  public StableDiffusionUpscaler(ModelFolder model) {
    this.config = model.config("unet");
    this.lowResolution =
        new LowResolution(
            model.scheduler("low_res_scheduler"),
            NOISE_LEVEL,
            ConditioningNoise.highest(model, "unet").orElseThrow());
    this.trained = Trained.of(model, model.config("vae").integer("latent_channels", 4));
  }

  /** The small picture's noise is drawn first, then that of the latents. */
  @Override
  public Start start(DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    HostTensor.Floats small =
        request.spread(IMAGE, lowResolution.noised(request.distinct(IMAGE), request, generator));
    int[] shape = {small.shape()[0], space().channels(), small.shape()[2], small.shape()[3]};
    return Start.fromNoise(plan, generator, shape).appending(small);
  }

  @Override
  public Guidance guidance(DenoiseRequest request, int picture, Start start) {
    return Guidance.classifierFree(
        () -> lowResolution.condition(request, picture, NEGATIVE, start),
        lowResolution.condition(request, picture, "", start),
        request.sampling());
  }

  @Override
  public Map<String, HostTensor> example() {
    int width = config.integer("cross_attention_dim", 1280);
    HostTensor states = Tensors.zeros(1, 77, width);
    return Map.of(
        TEXT_HIDDEN_STATES,
        states,
        NEGATIVE + TEXT_HIDDEN_STATES,
        states,
        IMAGE,
        Tensors.zeros(1, 3, EXAMPLE_SIZE, EXAMPLE_SIZE));
  }

  @Override
  public boolean enlarges() {
    return true;
  }

  @Override
  public Trained trained() {
    return trained;
  }
}
