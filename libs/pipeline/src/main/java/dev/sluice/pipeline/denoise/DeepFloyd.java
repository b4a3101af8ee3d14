package dev.sluice.pipeline.denoise;

import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;
import static dev.sluice.pipeline.request.TensorNames.TEXT_HIDDEN_STATES;

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
import dev.sluice.pipeline.tensor.Tensors;
import java.util.Map;

/**
 * Imagen's base model (Saharia et al. 2022) as DeepFloyd IF has it: a UNet denoises small pictures
 * and attends to T5's states of a text. It predicts a variance too.
 */
public final class DeepFloyd implements DenoiserFamily {

  private final Trained trained;
  private final Config config;

  public DeepFloyd(ModelFolder model) {
    this.config = model.config("unet");
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
    return Guidance.classifierFree(
        () -> condition(request.input(picture, NEGATIVE + TEXT_HIDDEN_STATES)),
        condition(request.input(picture, TEXT_HIDDEN_STATES)),
        request.sampling());
  }

  private static Condition condition(HostTensor states) {
    return new Condition(Condition.Ports.UNET, Map.of("encoder_hidden_states", states));
  }

  @Override
  public Map<String, HostTensor> example() {
    return exampleText(config);
  }

  /** T5's states of nothing, as wide as a UNet takes them. */
  static Map<String, HostTensor> exampleText(Config unet) {
    int width = unet.integer("encoder_hid_dim", unet.integer("cross_attention_dim", 1280));
    HostTensor states = Tensors.zeros(1, 77, width);
    return Map.of(TEXT_HIDDEN_STATES, states, NEGATIVE + TEXT_HIDDEN_STATES, states);
  }

  @Override
  public Trained trained() {
    return trained;
  }
}
