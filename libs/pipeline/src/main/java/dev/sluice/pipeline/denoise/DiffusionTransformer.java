package dev.sluice.pipeline.denoise;

import static dev.sluice.pipeline.request.TensorNames.CLASS_LABEL;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.guidance.Condition;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.request.DenoiseRequest;
import java.util.Map;

/**
 * DiT (Peebles and Xie 2023): latents of a picture of a class, denoised by a transformer over
 * patches. Its predicted variance goes unused, as in diffusers.
 */
public final class DiffusionTransformer implements DenoiserFamily {

  /** ImageNet's classes are 0 to 999; this one stands for none. */
  private static final long NO_CLASS = 1000;

  private final Trained trained;

  public DiffusionTransformer(ModelFolder model) {
    Config config = model.config("transformer");
    this.trained = Trained.of(model, config.integer("in_channels", 4));
  }

  @Override
  public Guidance guidance(DenoiseRequest request, int picture, Start start) {
    return Guidance.withoutVariance(
        Guidance.classifierFree(
            () -> condition(new HostTensor.Longs(new long[] {NO_CLASS}, 1)),
            condition(request.input(picture, CLASS_LABEL)),
            request.sampling()));
  }

  private static Condition condition(HostTensor label) {
    return new Condition(Condition.Ports.TRANSFORMER, Map.of("class_labels", label));
  }

  @Override
  public Map<String, HostTensor> example() {
    return Map.of(CLASS_LABEL, new HostTensor.Longs(new long[1], 1));
  }

  @Override
  public Trained trained() {
    return trained;
  }
}
