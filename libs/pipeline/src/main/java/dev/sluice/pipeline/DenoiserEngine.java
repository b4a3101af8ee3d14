package dev.sluice.pipeline;

import dev.sluice.diffusion.SamplingPlan;
import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.diffusion.TorchGenerator;
import dev.sluice.networks.config.Config;
import dev.sluice.networks.graph.HostTensor;
import dev.sluice.networks.graph.Network;
import java.util.List;
import java.util.Map;

/**
 * unCLIP's decoder (Ramesh et al. 2022, section 2.1): a small picture from a picture embedding and
 * a text. Safe for use by several threads at once, which then share network calls.
 */
public final class DenoiserEngine implements StageEngine {

  private static final int WARM_UP_STEPS = 2;
  private static final double WARM_UP_SCALE = 2;

  private final Network textProjection;
  private final Network network;
  private final StepBatcher batcher;
  private final SchedulerConfig scheduler;
  private final int channels;
  private final int size;
  private final int extraTokens;
  private final TextEmbedding anyText;

  private DenoiserEngine(
      ModelFolder model, Network textProjection, Network network, BatchLimit limit) {
    this.textProjection = textProjection;
    this.network = network;
    this.batcher = new StepBatcher(model.name() + "/decoder", network::run, limit);
    this.scheduler = model.scheduler("decoder_scheduler");
    Config decoder = model.config("decoder");
    this.channels = decoder.integer("in_channels", 4);
    this.size = decoder.integer("sample_size");
    this.extraTokens = model.config("text_proj").integer("clip_extra_context_tokens", 4);
    this.anyText = TextEmbedding.zeros(model);
  }

  /** Loads the decoder of a model, with the projection of its conditions. */
  public static DenoiserEngine load(ModelFolder model, BatchLimit limit) {
    return model.load(
        folder ->
            new DenoiserEngine(
                folder, folder.network("text_proj"), folder.network("decoder"), limit));
  }

  /** Height and width of the pictures, in pixels. */
  public int size() {
    return size;
  }

  /**
   * Samples a picture.
   *
   * @param picture the embedding of what it shall show, {@code [1, width]}
   * @param text the same in words
   * @param negative what it shall not show, or the empty text; not used at guidance scale 1
   * @param generator the image's random numbers, drawn from
   * @return {@code [1, channels, size, size]} in [-1, 1]
   */
  public HostTensor.Floats denoise(
      HostTensor.Floats picture,
      TextEmbedding text,
      TextEmbedding negative,
      Sampling sampling,
      TorchGenerator generator,
      StepListener listener)
      throws InterruptedException {
    SamplingPlan plan = sampling.plan(scheduler);
    Guidance guidance =
        sampling.guidanceScale() == 1
            ? Guidance.none(condition(picture, false, text))
            : Guidance.classifierFree(
                condition(picture, true, negative),
                condition(picture, false, text),
                sampling.guidanceScale());
    DenoiseLoop loop =
        DenoiseLoop.start(plan, guidance, generator, listener, 1, channels, size, size);
    batcher.run(loop);
    return Samples.clamp(loop.sample());
  }

  /**
   * One row's conditions: embeddings on the time embedding and tokens to attend to.
   *
   * @param dropped whether the learned embedding for "no picture" takes the picture's place
   */
  private Condition condition(HostTensor.Floats picture, boolean dropped, TextEmbedding text) {
    Map<String, HostTensor.Floats> projected =
        textProjection.run(
            Map.of(
                "image_embeddings",
                picture,
                "image_embeddings_dropped",
                HostTensor.ofBooleans(new boolean[] {dropped}, 1),
                "prompt_embeds",
                text.embeds(),
                "text_encoder_hidden_states",
                text.hiddenStates()));
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
  public void warmUp() throws InterruptedException {
    denoise(
        anyText.embeds(),
        anyText,
        anyText,
        Sampling.of(WARM_UP_STEPS, WARM_UP_SCALE),
        new TorchGenerator(0),
        StepListener.NONE);
  }

  @Override
  public List<StepBatcher> batchers() {
    return List.of(batcher);
  }

  @Override
  public void close() {
    batcher.close();
    List.of(network, textProjection).forEach(Network::close);
  }
}
