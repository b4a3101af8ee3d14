package dev.sluice.pipeline.embed;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.AutoregressivePrior;
import dev.sluice.networks.transformer.AutoregressivePriorConfig;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TextEmbedding;
import java.util.List;
import java.util.Map;

/**
 * unCLIP's autoregressive prior (Ramesh et al. 2022, section 2.2): draws the codes of a picture
 * embedding one after the other. Classifier-free guidance acts on their logits. Safe for use by
 * several threads at once, which then share network calls, each at its own code.
 */
public final class CodePrior extends BatchedPrior {

  /** A folder beside the components that diffusers' unCLIP knows. */
  static final String COMPONENT = ModelFolder.AUTOREGRESSIVE_PRIOR;

  private final AutoregressivePriorConfig config;

  private CodePrior(ModelFolder model, AutoregressivePrior architecture, BatchLimit limit) {
    super(
        model,
        COMPONENT,
        TextEmbedding.zeros(model),
        Components.network(model, COMPONENT, architecture),
        limit);
    this.config = architecture.config();
  }

  /** Loads the autoregressive prior of a model. */
  public static CodePrior load(ModelFolder model, BatchLimit limit) {
    return model.load(folder -> new CodePrior(folder, architecture(folder), limit));
  }

  private static AutoregressivePrior architecture(ModelFolder model) {
    if (Components.architecture(model, COMPONENT) instanceof AutoregressivePrior architecture) {
      return architecture;
    }
    throw new IllegalArgumentException("%s: expected an AutoregressivePrior".formatted(COMPONENT));
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
    requireLikeOwn(texts, negatives);
    CodeLoop loop =
        new CodeLoop(config, texts, negatives, sampling.guidanceScale(), generator, listener);
    batcher().run(loop);
    return network().runChecked(Map.of("finished_codes", loop.codes())).get("image_embeds");
  }

  @Override
  Sampling shortest(double guidanceScale) {
    return Sampling.of(1, guidanceScale);
  }
}
