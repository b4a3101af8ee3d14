package dev.sluice.pipeline.code;

import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;
import static dev.sluice.pipeline.request.TensorNames.TEXT_HIDDEN_STATES;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.autoencoder.VqVae2Model;
import dev.sluice.networks.code.CodeTransformer;
import dev.sluice.networks.code.CodeTransformerConfig;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.AskedNetwork;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Row;
import dev.sluice.pipeline.batch.RowNetwork;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.denoise.Previews;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.Closer;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.model.SampleSpace;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.InputChecks;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Draws the codes of a picture for a text, one after the other (Razavi et al. 2019; Ramesh et al.
 * 2021). Classifier-free guidance acts on their logits. Safe for use by several threads at once,
 * which then share network calls, each at its own code.
 */
public final class CodeEngine implements DenoiserEngine {

  private static final double WARM_UP_SCALE = 2;

  private final CodeTransformerConfig config;
  private final Network network;
  private final StepBatcher batcher;
  private final Previews previews;
  private final Map<String, HostTensor> example;

  private CodeEngine(ModelFolder model, BatchLimit limit) {
    String component = model.pipeline().denoiser().component();
    if (!(Components.architecture(model, component) instanceof CodeTransformer architecture)) {
      throw new IllegalArgumentException("%s: expected a CodeTransformer".formatted(component));
    }
    this.config = architecture.config();
    HostTensor states = Tensors.zeros(1, config.textTokens(), config.textWidth());
    this.example = Map.of(TEXT_HIDDEN_STATES, states, NEGATIVE + TEXT_HIDDEN_STATES, states);
    try (Closer closer = new Closer()) {
      this.network = closer.opened(Components.network(model, component, architecture));
      this.previews =
          closer.opened(new Previews(model, SampleSpace.of(model, VqVae2Model.LEVELS), limit));
      this.batcher =
          closer.opened(
              new StepBatcher(Components.name(model, component), RowNetwork.of(network), limit));
      closer.handOver();
    }
  }

  /** Loads what draws the codes of a model. */
  public static CodeEngine load(ModelFolder model, BatchLimit limit) {
    return model.load(folder -> new CodeEngine(folder, limit));
  }

  /**
   * {@inheritDoc}
   *
   * @return codes, {@code [pictures, 2, height, width]}: those of the top level, each over its four
   *     of the bottom, and those of the bottom
   */
  @Override
  public HostTensor.Floats denoise(
      DenoiseRequest request, TorchGenerator generator, StepListener listener)
      throws InterruptedException {
    requireWorkable(request);
    Sampling sampling = request.sampling();
    List<Row> texts = new ArrayList<>();
    for (int picture = 0; picture < request.pictures(); picture++) {
      if (PictureCodes.rowsEach(sampling) > 1) {
        texts.add(text(request, picture, NEGATIVE));
      }
      texts.add(text(request, picture, ""));
    }
    List<HostTensor> memories =
        AskedNetwork.ask(batcher, texts, listener.claim()).stream()
            .map(read -> (HostTensor) read.get("text_memory"))
            .toList();
    PictureCodes loop =
        new PictureCodes(
            config.grid(),
            new PictureCodes.Texts(
                memories, new int[] {1, config.layers(), 2, config.grid().count(), config.width()}),
            sampling,
            generator,
            listener);
    batcher.run(loop);
    return loop.sample();
  }

  private static Row text(DenoiseRequest request, int picture, String prefix) {
    return new Row(
        Map.of("encoder_hidden_states", request.input(picture, prefix + TEXT_HIDDEN_STATES)));
  }

  private void requireWorkable(DenoiseRequest request) {
    request.sampling().requireUncached("denoiser of this model");
    request.sampling().requireNoNoise("denoiser");
    request.sampling().guidance().requireUnsteered("drawing of codes");
    for (Map<String, HostTensor> inputs : request.inputs()) {
      InputChecks.requireLike(example, inputs);
      for (String start :
          List.of(
              TensorNames.LATENT,
              TensorNames.NOISE,
              TensorNames.END_NOISE,
              TensorNames.IMAGE,
              TensorNames.MASK)) {
        if (inputs.containsKey(start)) {
          throw new IllegalArgumentException(
              "%s is given, but this model draws a picture's codes and starts from nothing"
                  .formatted(start));
        }
      }
    }
  }

  @Override
  public HostTensor.Floats invert(
      DenoiseRequest request, TorchGenerator generator, StepListener listener) {
    throw new IllegalArgumentException(
        "this model does not invert pictures: what it draws code by code comes from no noise");
  }

  @Override
  public Previews previews() {
    return previews;
  }

  @Override
  public void warmUp() throws InterruptedException {
    denoise(
        DenoiseRequest.of(example, Sampling.of(1, WARM_UP_SCALE)),
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
    previews.close();
    network.close();
  }
}
