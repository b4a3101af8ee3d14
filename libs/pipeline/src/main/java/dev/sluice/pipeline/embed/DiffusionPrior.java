package dev.sluice.pipeline.embed;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.AskedNetwork;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.guidance.Condition;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.guidance.GuidanceInterval;
import dev.sluice.pipeline.loop.DenoiseLoop;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TextEmbedding;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * unCLIP's diffusion prior (Ramesh et al. 2022, section 2.2), also Kandinsky's: samples the
 * embedding of a picture that would go with a text. Safe for use by several threads at once, which
 * then share network calls.
 */
public final class DiffusionPrior extends BatchedPrior {

  private static final int WARM_UP_STEPS = 2;
  private static final String COMPONENT = "prior";

  private final Trained trained;

  /**
   * What it was trained on.
   *
   * @param width of an embedding
   */
  private record Trained(SchedulerConfig scheduler, int timesteps, int width) {

    static Trained of(ModelFolder model) {
      String scheduler = model.pipeline().priorScheduler();
      return new Trained(
          model.scheduler(scheduler),
          model.trainTimesteps(scheduler),
          model.config(COMPONENT).integer("embedding_dim", 768));
    }
  }

  private DiffusionPrior(ModelFolder model, Trained trained, BatchLimit limit) {
    super(
        model, COMPONENT, TextEmbedding.zeros(model), Components.network(model, COMPONENT), limit);
    this.trained = trained;
  }

  /** Loads the prior of a model. */
  public static DiffusionPrior load(ModelFolder model, BatchLimit limit) {
    return model.load(folder -> new DiffusionPrior(folder, Trained.of(folder), limit));
  }

  @Override
  public HostTensor.Floats sample(
      List<TextEmbedding> texts,
      List<TextEmbedding> negatives,
      Sampling sampling,
      TorchGenerator generator,
      StepListener listener)
      throws InterruptedException {
    requireLikeOwn(texts, negatives);
    sampling.guidance().requireUnsteered("prior");
    sampling.requireUncached("prior");
    sampling.requireNoNoise("prior");
    SamplingPlan plan = sampling.plan(trained.scheduler());
    List<Guidance> guidance = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      TextEmbedding negative = negatives.get(i);
      guidance.add(
          Guidance.classifierFree(() -> condition(negative), condition(texts.get(i)), sampling));
    }
    Start start = Start.fromNoise(plan, generator, texts.size(), trained.width());
    GuidanceInterval interval = GuidanceInterval.of(plan, sampling.guidance(), trained.timesteps());
    DenoiseLoop loop = DenoiseLoop.startAt(plan, start, guidance, interval, generator, listener);
    batcher().run(loop);
    List<Row> sampled = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      sampled.add(new Row(Map.of("prior_latents", loop.sample().row(i))));
    }
    return Tensors.batch(
        AskedNetwork.ask(batcher(), sampled, listener.claim()).stream()
            .map(outputs -> outputs.get("post_process_latents"))
            .toList());
  }

  private static Condition condition(TextEmbedding text) {
    return new Condition(
        Condition.Ports.PRIOR,
        Map.of(
            "proj_embedding", text.embeds(),
            "encoder_hidden_states", text.hiddenStates(),
            "attention_mask", text.mask()));
  }

  @Override
  Sampling shortest(double guidanceScale) {
    return Sampling.of(WARM_UP_STEPS, guidanceScale).openableOver(trained.scheduler());
  }
}
