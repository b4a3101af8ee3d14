package dev.sluice.pipeline.denoise;

import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;
import static dev.sluice.pipeline.request.TensorNames.TEXT_HIDDEN_STATES;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.guidance.Condition;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.guidance.GuidanceEmbedding;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Latent diffusion (Rombach et al. 2022): a UNet denoises latents and attends to a text's tokens.
 * Stable Diffusion 1 and 2, those that paint into pictures, and few-step models distilled from
 * them, which are told the guidance scale instead of being asked twice (Luo et al. 2023, "Latent
 * Consistency Models").
 */
public final class StableDiffusion implements DenoiserFamily {

  private final Trained trained;
  private final Config config;
  private final LatentStart latents;

  public StableDiffusion(ModelFolder model, BatchLimit limit) {
    this.config = model.config("unet");
    this.latents = new LatentStart(model, limit);
    this.trained = Trained.of(model, latents.space());
  }

  @Override
  public Start start(DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    return latents.start(request, plan, generator);
  }

  @Override
  public Guidance guidance(DenoiseRequest request, int picture, Start start) {
    HostTensor text = request.input(picture, TEXT_HIDDEN_STATES);
    HostTensor.Floats appended = start.appended(picture);
    if (config.has("time_cond_proj_dim")) {
      double scale = request.sampling().guidanceScale();
      return Guidance.none(
          condition(
              Map.of(
                  "encoder_hidden_states",
                  text,
                  "timestep_cond",
                  GuidanceEmbedding.of(scale, config.integer("time_cond_proj_dim"))),
              appended));
    }
    return Guidance.classifierFree(
        () -> {
          HostTensor negative = request.input(picture, NEGATIVE + TEXT_HIDDEN_STATES);
          return condition(Map.of("encoder_hidden_states", negative), appended);
        },
        condition(Map.of("encoder_hidden_states", text), appended),
        request.sampling());
  }

  private static Condition condition(Map<String, HostTensor> inputs, HostTensor.Floats appended) {
    return new Condition(Condition.Ports.UNET, inputs, appended);
  }

  @Override
  public Map<String, HostTensor> example() {
    int width = config.integer("cross_attention_dim", 1280);
    HostTensor states = Tensors.zeros(1, 77, width);
    Map<String, HostTensor> example = new LinkedHashMap<>();
    example.put(TEXT_HIDDEN_STATES, states);
    example.put(NEGATIVE + TEXT_HIDDEN_STATES, states);
    example.putAll(latents.example());
    return example;
  }

  @Override
  public Trained trained() {
    return trained;
  }

  @Override
  public void close() {
    latents.close();
    trained.close();
  }
}
