package dev.sluice.pipeline.denoise;

import static dev.sluice.pipeline.request.TensorNames.IMAGE;
import static dev.sluice.pipeline.request.TensorNames.IMAGE_EMBEDS;
import static dev.sluice.pipeline.request.TensorNames.MASK;
import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.AskedNetwork;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.guidance.Condition;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.loop.KnownRegion;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.model.Closer;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.TextEmbedding;
import dev.sluice.pipeline.tensor.Samples;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * unCLIP's decoder (Ramesh et al. 2022, section 2.1): a small picture from a picture embedding and
 * a text.
 */
public final class UnClipDecoder implements DenoiserFamily {

  private final AskedNetwork textProjection;
  private final Trained trained;
  private final int extraTokens;
  private final TextEmbedding anyText;

  public UnClipDecoder(ModelFolder model, BatchLimit limit) {
    Config config = model.config("decoder");
    this.extraTokens = model.config("text_proj").integer("clip_extra_context_tokens", 4);
    this.anyText = TextEmbedding.zeros(model);
    try (Closer closer = new Closer()) {
      this.textProjection =
          closer.opened(new AskedNetwork(Components.network(model, "text_proj"), limit));
      this.trained = closer.opened(Trained.of(model, config.integer("in_channels", 4)));
      closer.handOver();
    }
  }

  /** The super-resolution networks after it go from this one size. */
  @Override
  public Start start(DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    requireOwn("height", request.height(), space().height());
    requireOwn("width", request.width(), space().width());
    if (!request.has(MASK)) {
      return DenoiserFamily.super.start(request, plan, generator);
    }
    int downscale = Math.max(1, request.batch(IMAGE).shape()[2] / space().height());
    return Start.fromPicture(
        request, plan, clean(request), KnownRegion.masks(request, downscale), generator);
  }

  private static void requireOwn(String name, int found, int own) {
    if (found != 0 && found != own) {
      throw new IllegalArgumentException(
          "%s: %d pixels; this model makes %d".formatted(name, found, own));
    }
  }

  /** Cut to the shape of the model's own pictures and brought to their size. */
  @Override
  public HostTensor.Floats clean(DenoiseRequest request) {
    return Samples.fitted(request.batch(IMAGE), space().height(), space().width());
  }

  @Override
  public Guidance guidance(DenoiseRequest request, int picture, Start start) {
    HostTensor embedding = request.input(picture, IMAGE_EMBEDS);
    Map<String, HostTensor> inputs = request.inputs().get(picture);
    return Guidance.classifierFree(
        () -> condition(embedding, true, TextEmbedding.of(inputs, NEGATIVE)),
        condition(embedding, false, TextEmbedding.of(inputs, "")),
        request.sampling());
  }

  /**
   * One row's conditions: embeddings on the time embedding and tokens to attend to.
   *
   * @param dropped whether the learned embedding for "no picture" takes the picture's place
   */
  private Condition condition(HostTensor picture, boolean dropped, TextEmbedding text) {
    Map<String, HostTensor.Floats> projected =
        textProjection.ask(
            Map.of(
                "image_embeddings",
                picture,
                "image_embeddings_dropped",
                HostTensor.ofBooleans(new boolean[] {dropped}, 1),
                "prompt_embeds",
                text.embeds(),
                "text_encoder_hidden_states",
                text.hiddenStates()),
            Claim.ANYBODYS);
    return new Condition(
        Condition.Ports.UNET,
        Map.of(
            "encoder_hidden_states",
            projected.get("text_encoder_hidden_states"),
            "class_labels",
            projected.get("additive_clip_time_embeddings"),
            "attention_mask",
            text.maskWithTokensInFront(extraTokens)));
  }

  @Override
  public HostTensor.Floats finish(HostTensor.Floats sample) {
    return Samples.clamp(sample);
  }

  @Override
  public Map<String, HostTensor> example() {
    Map<String, HostTensor> example = new LinkedHashMap<>();
    example.put(IMAGE_EMBEDS, anyText.embeds());
    example.putAll(anyText.tensors(""));
    example.putAll(anyText.tensors(NEGATIVE));
    return example;
  }

  @Override
  public Trained trained() {
    return trained;
  }

  @Override
  public void close() {
    textProjection.close();
    trained.close();
  }
}
