package dev.sluice.pipeline.denoise;

import static dev.sluice.pipeline.request.TensorNames.IMAGE;
import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;

import dev.sluice.catalog.ConditioningNoise;
import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.math.Resampling;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.loop.LowResolution;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Imagen's super-resolution (Saharia et al. 2022, section 2.3) as DeepFloyd IF has it: the UNet
 * sees the enlarged small picture beside the sample, with noise of a level that it is told (noise
 * conditioning augmentation).
 */
public final class DeepFloydUpscaler implements DenoiserFamily {

  private static final int NOISE_LEVEL = 250;
  private static final int EXAMPLE_SIZE = 16;

  private final Trained trained;
  private final Config config;
  private final LowResolution lowResolution;

  public DeepFloydUpscaler(ModelFolder model) {
    this.config = model.config("unet");
    this.lowResolution =
        new LowResolution(
            model.scheduler("image_noising_scheduler"),
            NOISE_LEVEL,
            ConditioningNoise.highest(model, "unet").orElseThrow());
    this.trained = Trained.of(model, config.integer("in_channels", 6) / 2);
  }

  @Override
  public Start start(DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    Start start = DenoiserFamily.super.start(request, plan, generator);
    HostTensor.Floats small = request.batch(IMAGE);
    int[] from = small.shape();
    int[] to = start.sample().shape();
    float[] enlarged =
        Resampling.BILINEAR_ALIGN_CORNERS.resize(
            small.values(), from[0] * from[1], from[2], from[3], to[2], to[3]);
    HostTensor.Floats picture = new HostTensor.Floats(enlarged, from[0], from[1], to[2], to[3]);
    return start.appending(lowResolution.noised(picture, request, generator));
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
    Map<String, HostTensor> example = new LinkedHashMap<>(DeepFloyd.exampleText(config));
    example.put(IMAGE, Tensors.zeros(1, 3, EXAMPLE_SIZE, EXAMPLE_SIZE));
    return example;
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
