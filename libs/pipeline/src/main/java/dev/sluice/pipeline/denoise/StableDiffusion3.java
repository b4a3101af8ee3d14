package dev.sluice.pipeline.denoise;

import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;
import static dev.sluice.pipeline.request.TensorNames.TEXT_EMBEDS;
import static dev.sluice.pipeline.request.TensorNames.TEXT_HIDDEN_STATES;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.guidance.Condition;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.Map;

/**
 * Stable Diffusion 3 (Esser et al. 2024): a transformer in which picture and text attend to each
 * other moves latents along the straight paths of a rectified flow.
 */
public final class StableDiffusion3 implements DenoiserFamily {

  private final Trained trained;
  private final Config config;

  public StableDiffusion3(ModelFolder model) {
    this.config = model.config("transformer");
    this.trained = Trained.of(model, config.integer("in_channels", 16));
  }

  @Override
  public int tokens(DenoiseRequest request) {
    int[] shape = space().shape(1, request.height(), request.width());
    int patch = config.integer("patch_size", 2);
    return (shape[2] / patch) * (shape[3] / patch);
  }

  @Override
  public Guidance guidance(DenoiseRequest request, int picture, Start start) {
    return Guidance.classifierFree(
        () -> condition(request, picture, NEGATIVE),
        condition(request, picture, ""),
        request.sampling());
  }

  private static Condition condition(DenoiseRequest request, int picture, String prefix) {
    return new Condition(
        Condition.Ports.TRANSFORMER,
        Map.of(
            "encoder_hidden_states", request.input(picture, prefix + TEXT_HIDDEN_STATES),
            "pooled_projections", request.input(picture, prefix + TEXT_EMBEDS)));
  }

  @Override
  public Map<String, HostTensor> example() {
    int width = config.integer("joint_attention_dim", 4096);
    int pooled = config.integer("pooled_projection_dim", 2048);
    int tokens = 77 + 256;
    HostTensor states = Tensors.zeros(1, tokens, width);
    HostTensor embeds = Tensors.zeros(1, pooled);
    return Map.of(
        TEXT_HIDDEN_STATES,
        states,
        NEGATIVE + TEXT_HIDDEN_STATES,
        states,
        TEXT_EMBEDS,
        embeds,
        NEGATIVE + TEXT_EMBEDS,
        embeds);
  }

  @Override
  public Trained trained() {
    return trained;
  }
}
