package dev.sluice.pipeline.embed;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.AutoregressivePrior;
import dev.sluice.networks.transformer.AutoregressivePriorConfig;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.RowNetwork;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.request.TextEmbedding;
import java.util.List;
import java.util.Map;

/**
 * unCLIP's autoregressive prior (Ramesh et al. 2022, section 2.2): draws the codes of a picture
 * embedding one after the other. Classifier-free guidance acts on their logits. Safe for use by
 * several threads at once, which then share network calls, each at its own code.
 */
public final class CodePrior implements Prior {

  /** A folder beside the components that diffusers' unCLIP knows. */
  static final String COMPONENT = ModelFolder.AUTOREGRESSIVE_PRIOR;

  private static final double WARM_UP_SCALE = 2;

  private final Network network;
  private final AutoregressivePriorConfig config;
  private final StepBatcher batcher;
  private final TextEmbedding anyText;

  private CodePrior(ModelFolder model, BatchLimit limit) {
    this.anyText = TextEmbedding.zeros(model);
    if (!(Components.architecture(model, COMPONENT) instanceof AutoregressivePrior architecture)) {
      throw new IllegalArgumentException(
          "%s: expected an AutoregressivePrior".formatted(COMPONENT));
    }
    this.config = architecture.config();
    this.network = Components.network(model, COMPONENT, architecture);
    this.batcher =
        new StepBatcher(Components.name(model, COMPONENT), RowNetwork.of(network), limit);
  }

  /** Loads the autoregressive prior of a model. */
  public static CodePrior load(ModelFolder model, BatchLimit limit) {
    return model.load(folder -> new CodePrior(folder, limit));
  }

  /**
   * {@inheritDoc}
   *
   * @param sampling of which the guidance scale counts; steps are as many as codes
   */
  @Override
  public HostTensor.Floats sample(
      List<TextEmbedding> texts,
      List<TextEmbedding> negatives,
      Sampling sampling,
      TorchGenerator generator,
      StepListener listener)
      throws InterruptedException {
    texts.forEach(text -> text.requireLike(anyText, ""));
    negatives.forEach(text -> text.requireLike(anyText, TensorNames.NEGATIVE));
    CodeLoop loop =
        new CodeLoop(config, texts, negatives, sampling.guidanceScale(), generator, listener);
    batcher.run(loop);
    return network.runChecked(Map.of("finished_codes", loop.codes())).get("image_embeds");
  }

  @Override
  public void warmUp() throws InterruptedException {
    sample(
        List.of(anyText),
        List.of(anyText),
        Sampling.of(1, WARM_UP_SCALE),
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
    network.close();
  }
}
