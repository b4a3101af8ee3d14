package dev.sluice.pipeline.denoise;

import static dev.sluice.pipeline.request.TensorNames.AESTHETIC_SCORE;
import static dev.sluice.pipeline.request.TensorNames.CROP_CORNER;
import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;
import static dev.sluice.pipeline.request.TensorNames.ORIGINAL_SIZE;
import static dev.sluice.pipeline.request.TensorNames.TARGET_SIZE;
import static dev.sluice.pipeline.request.TensorNames.TEXT_EMBEDS;
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
 * SDXL and its refiner (Podell et al. 2023): the UNet is told, besides a text's tokens and its
 * embedding, the size of the picture that a training example was cut from, where it was cut, and
 * the size it was cut to (section 2.2); the refiner an aesthetic score in place of the last.
 */
public final class StableDiffusionXl implements DenoiserFamily {

  private static final float SCORE = 6;
  private static final float UNWANTED_SCORE = 2.5f;

  private final Trained trained;
  private final Config config;
  private final LatentStart latents;
  private final boolean aestheticScore;

  public StableDiffusionXl(ModelFolder model, BatchLimit limit) {
    this.config = model.config("unet");
    this.latents = new LatentStart(model, limit);
    this.aestheticScore = model.setting("requires_aesthetics_score", false);
    this.trained = Trained.of(model, latents.space());
  }

  @Override
  public Start start(DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    return latents.start(request, plan, generator);
  }

  @Override
  public Guidance guidance(DenoiseRequest request, int picture, Start start) {
    HostTensor.Floats appended = start.appended(picture);
    if (config.has("time_cond_proj_dim")) {
      double scale = request.sampling().guidanceScale();
      Map<String, HostTensor> inputs = new LinkedHashMap<>(inputs(request, picture, start, ""));
      inputs.put(
          "timestep_cond", GuidanceEmbedding.of(scale, config.integer("time_cond_proj_dim")));
      return Guidance.none(condition(inputs, appended));
    }
    return Guidance.classifierFree(
        () -> condition(inputs(request, picture, start, NEGATIVE), appended),
        condition(inputs(request, picture, start, ""), appended),
        request.sampling());
  }

  private static Condition condition(Map<String, HostTensor> inputs, HostTensor.Floats appended) {
    return new Condition(Condition.Ports.UNET, inputs, appended);
  }

  private Map<String, HostTensor> inputs(
      DenoiseRequest request, int picture, Start start, String prefix) {
    int[] shape = start.sample().shape();
    float height = space().pixels(shape[2]);
    float width = space().pixels(shape[3]);
    Numbers given = new Numbers(request.inputs().get(picture), prefix);
    float[] original = given.of(ORIGINAL_SIZE, height, width);
    float[] corner = given.of(CROP_CORNER, 0, 0);
    float[] last =
        aestheticScore
            ? given.own(AESTHETIC_SCORE, prefix.isEmpty() ? SCORE : UNWANTED_SCORE)
            : given.of(TARGET_SIZE, height, width);
    float[] ids = new float[4 + last.length];
    System.arraycopy(original, 0, ids, 0, 2);
    System.arraycopy(corner, 0, ids, 2, 2);
    System.arraycopy(last, 0, ids, 4, last.length);
    return Map.of(
        "encoder_hidden_states", request.input(picture, prefix + TEXT_HIDDEN_STATES),
        "text_embeds", request.input(picture, prefix + TEXT_EMBEDS),
        "time_ids", new HostTensor.Floats(ids, 1, ids.length));
  }

  /** Numbers among a picture's inputs; those that are not wanted are as the wanted if absent. */
  private record Numbers(Map<String, HostTensor> inputs, String prefix) {

    float[] of(String name, float... whenAbsent) {
      return own(name, find(name, whenAbsent));
    }

    float[] own(String name, float... whenAbsent) {
      return find(prefix + name, whenAbsent);
    }

    private float[] find(String name, float... whenAbsent) {
      if (!inputs.containsKey(name)) {
        return whenAbsent;
      }
      float[] values = ((HostTensor.Floats) inputs.get(name)).values();
      if (values.length != whenAbsent.length) {
        throw new IllegalArgumentException(
            "%s has %d numbers; expected %d".formatted(name, values.length, whenAbsent.length));
      }
      return values;
    }
  }

  @Override
  public Map<String, HostTensor> example() {
    int width = config.integer("cross_attention_dim", 1280);
    int perId = config.integer("addition_time_embed_dim", 256);
    int ids = aestheticScore ? 5 : 6;
    int pooled = config.integer("projection_class_embeddings_input_dim", 2816) - ids * perId;
    HostTensor states = Tensors.zeros(1, 77, width);
    HostTensor embeds = Tensors.zeros(1, pooled);
    Map<String, HostTensor> example = new LinkedHashMap<>(latents.example());
    example.put(TEXT_HIDDEN_STATES, states);
    example.put(NEGATIVE + TEXT_HIDDEN_STATES, states);
    example.put(TEXT_EMBEDS, embeds);
    example.put(NEGATIVE + TEXT_EMBEDS, embeds);
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
