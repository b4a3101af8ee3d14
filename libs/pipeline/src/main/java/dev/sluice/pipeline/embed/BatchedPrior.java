package dev.sluice.pipeline.embed;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.graph.Network;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.RowNetwork;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.request.TextEmbedding;
import java.util.List;

/** What kinds of priors have in common: one network behind a batcher, and texts of one model. */
abstract class BatchedPrior implements Prior {

  private static final double WARM_UP_SCALE = 2;

  private final TextEmbedding anyText;
  private final Network network;
  private final StepBatcher batcher;

  /**
   * Takes over the network.
   *
   * @param anyText a text of the model's own
   */
  BatchedPrior(
      ModelFolder model,
      String component,
      TextEmbedding anyText,
      Network network,
      BatchLimit limit) {
    this.anyText = anyText;
    this.network = network;
    this.batcher =
        new StepBatcher(Components.name(model, component), RowNetwork.of(network), limit);
  }

  final Network network() {
    return network;
  }

  final StepBatcher batcher() {
    return batcher;
  }

  /** Refuses texts of another text encoder. */
  final void requireLikeOwn(List<TextEmbedding> texts, List<TextEmbedding> negatives) {
    texts.forEach(text -> text.requireLike(anyText, ""));
    negatives.forEach(text -> text.requireLike(anyText, TensorNames.NEGATIVE));
  }

  /** A short way through all that is computed. */
  abstract Sampling shortest(double guidanceScale);

  @Override
  public final void warmUp() throws InterruptedException {
    sample(
        List.of(anyText),
        List.of(anyText),
        shortest(WARM_UP_SCALE),
        new TorchGenerator(0),
        StepListener.NONE);
  }

  @Override
  public final List<StepBatcher> batchers() {
    return List.of(batcher);
  }

  @Override
  public final void close() {
    batcher.close();
    network.close();
  }
}
