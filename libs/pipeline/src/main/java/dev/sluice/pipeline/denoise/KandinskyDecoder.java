package dev.sluice.pipeline.denoise;

import static dev.sluice.pipeline.request.TensorNames.IMAGE_EMBEDS;
import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.guidance.Condition;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.Map;

/**
 * Kandinsky 2.2's decoder (Razzhigaev et al. 2023): unCLIP with latents, which a UNet denoises from
 * a picture embedding alone. It predicts a variance too.
 */
public final class KandinskyDecoder implements DenoiserFamily {

  private final Trained trained;
  private final Config config;

  public KandinskyDecoder(ModelFolder model) {
    this.config = model.config("unet");
    this.trained = Trained.of(model, config.integer("in_channels", 4));
  }

  @Override
  public Start start(DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    return Start.fromNoise(
        plan,
        request.noise(generator),
        request.pictures(),
        space().channels(),
        extent(request.height(), space().height()),
        extent(request.width(), space().width()));
  }

  /** Rounded up to whole cells of the autoencoder's deepest feature map. */
  private int extent(int pixels, int own) {
    int cell = space().downscale() * space().downscale();
    return pixels == 0 ? own : (pixels + cell - 1) / cell * space().downscale();
  }

  @Override
  public Guidance guidance(DenoiseRequest request, int picture, Start start) {
    return Guidance.classifierFree(
        () -> condition(request.input(picture, NEGATIVE + IMAGE_EMBEDS)),
        condition(request.input(picture, IMAGE_EMBEDS)),
        request.sampling());
  }

  private static Condition condition(HostTensor embedding) {
    return new Condition(Condition.Ports.UNET, Map.of("image_embeds", embedding));
  }

  @Override
  public Map<String, HostTensor> example() {
    int width = config.integer("encoder_hid_dim", 1280);
    HostTensor embedding = Tensors.zeros(1, width);
    return Map.of(IMAGE_EMBEDS, embedding, NEGATIVE + IMAGE_EMBEDS, embedding);
  }

  @Override
  public Trained trained() {
    return trained;
  }
}
