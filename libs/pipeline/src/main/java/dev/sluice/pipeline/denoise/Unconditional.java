package dev.sluice.pipeline.denoise;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.guidance.Condition;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.TensorNames;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * DDPM (Ho et al. 2020), DDIM (Song et al. 2021) and ADM (Dhariwal and Nichol 2021): pictures from
 * noise, of a class where the network was trained with classes.
 */
public final class Unconditional implements DenoiserFamily {

  private final Trained trained;
  private final boolean classes;

  public Unconditional(ModelFolder model) {
    Config config = model.config("unet");
    this.classes = config.has("num_class_embeds") || config.has("class_embed_type");
    this.trained = Trained.of(model, config.integer("in_channels", 3));
  }

  @Override
  public Start start(DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    return request.has(TensorNames.IMAGE)
        ? PixelStart.fromPicture(space(), request, plan, generator)
        : DenoiserFamily.super.start(request, plan, generator);
  }

  @Override
  public Guidance guidance(DenoiseRequest request, int picture, Start start) {
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    if (classes) {
      inputs.put("class_labels", request.input(picture, TensorNames.CLASS_LABEL));
    }
    return Guidance.none(new Condition(Condition.Ports.UNET, inputs));
  }

  @Override
  public Map<String, HostTensor> example() {
    return classes
        ? Map.of(TensorNames.CLASS_LABEL, new HostTensor.Longs(new long[1], 1))
        : Map.of();
  }

  @Override
  public Trained trained() {
    return trained;
  }
}
