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
import java.util.Arrays;
import java.util.Map;

/**
 * Imagen's base model (Saharia et al. 2022) as DeepFloyd IF has it: a UNet denoises small pictures
 * and attends to T5's states of a text. It predicts a variance too. One that was trained to paint
 * into pictures, as GLIDE's (Nichol et al. 2021, section 4.3), sees the picture and its hole beside
 * the sample; where there is no picture, a hole that is all of it.
 */
public final class DeepFloyd implements DenoiserFamily {

  private static final int COLORS = 3;

  private final Trained trained;
  private final Config config;
  private final boolean seesHoles;

  public DeepFloyd(ModelFolder model) {
    this.config = model.config("unet");
    int channels = config.integer("in_channels", COLORS);
    this.seesHoles = channels == COLORS + 1 + COLORS;
    this.trained = Trained.of(model, seesHoles ? COLORS : channels);
  }

  @Override
  public Start start(DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    Start start =
        request.has(TensorNames.IMAGE)
            ? PixelStart.fromPicture(space(), request, plan, generator)
            : DenoiserFamily.super.start(request, plan, generator);
    return seesHoles ? start.appending(seen(request, start)) : start;
  }

  private static HostTensor.Floats seen(DenoiseRequest request, Start start) {
    if (start.known() != null) {
      return Hole.seen(start.known().mask(), Hole.in(request));
    }
    int[] shape = start.sample().shape();
    float[] all = new float[shape[0] * shape[2] * shape[3]];
    Arrays.fill(all, 1);
    return Hole.seen(
        new HostTensor.Floats(all, shape[0], 1, shape[2], shape[3]), Tensors.zeros(shape));
  }

  @Override
  public Guidance guidance(DenoiseRequest request, int picture, Start start) {
    HostTensor.Floats appended = start.appended(picture);
    return Guidance.classifierFree(
        () -> condition(request.input(picture, NEGATIVE + TEXT_HIDDEN_STATES), appended),
        condition(request.input(picture, TEXT_HIDDEN_STATES), appended),
        request.sampling());
  }

  private static Condition condition(HostTensor states, HostTensor.Floats appended) {
    return new Condition(Condition.Ports.UNET, Map.of("encoder_hidden_states", states), appended);
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
