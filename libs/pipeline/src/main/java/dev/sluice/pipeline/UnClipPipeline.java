package dev.sluice.pipeline;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.embed.CodePrior;
import dev.sluice.pipeline.embed.DiffusionPrior;
import dev.sluice.pipeline.embed.ImageEncoder;
import dev.sluice.pipeline.embed.Prior;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.Closer;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.text.ProjectedClipText;
import dev.sluice.pipeline.upscale.UpscalerEngine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * All stages of unCLIP (Ramesh et al. 2022) in one process, as diffusers' {@code UnCLIPPipeline}
 * runs them; what the services do over messages. Safe for use by several threads at once.
 */
public final class UnClipPipeline implements AutoCloseable {

  /** A stage that denoises. */
  public enum Part {
    PRIOR,
    DECODER,
    SUPER_RESOLUTION
  }

  private final ProjectedClipText text;
  private final Prior prior;
  private final DenoiserEngine decoder;
  private final UpscalerEngine upscaler;

  private UnClipPipeline(
      ProjectedClipText text, Prior prior, DenoiserEngine decoder, UpscalerEngine upscaler) {
    this.text = text;
    this.prior = prior;
    this.decoder = decoder;
    this.upscaler = upscaler;
  }

  /** Loads all components of an unCLIP; one for image variation goes without a prior. */
  public static UnClipPipeline load(ModelFolder model, BatchLimit limit) {
    return load(model, limit, model.has("prior") ? DiffusionPrior.load(model, limit) : null);
  }

  /**
   * As {@link #load}, with the autoregressive prior; the requests' steps of a prior do not count.
   */
  public static UnClipPipeline loadAutoregressive(ModelFolder model, BatchLimit limit) {
    return load(model, limit, CodePrior.load(model, limit));
  }

  private static UnClipPipeline load(ModelFolder model, BatchLimit limit, Prior prior) {
    try (Closer closer = new Closer()) {
      closer.opened(prior);
      UnClipPipeline pipeline =
          new UnClipPipeline(
              closer.opened(ProjectedClipText.load(model, limit)),
              prior,
              closer.opened(Families.denoiser(model, limit)),
              closer.opened(Families.upscaler(model, limit)));
      closer.handOver();
      return pipeline;
    }
  }

  /**
   * Makes a picture from a prompt.
   *
   * @param listeners gives the listener of each part
   * @return {@code [1, channels, size, size]}; values may lie a little outside of [-1, 1]
   * @throws IllegalStateException if the model has no prior
   */
  public HostTensor.Floats generate(UnClipRequest request, Function<Part, StepListener> listeners)
      throws InterruptedException {
    if (prior == null) {
      throw new IllegalStateException(
          "this model has no prior, so it makes pictures from picture embeddings only");
    }
    TorchGenerator generator = new TorchGenerator(request.seed());
    HostTensor.Floats embedding =
        prior.sample(
            List.of(text.encode(request.prompt())),
            List.of(text.encode(request.negativePrompt())),
            request.prior(),
            generator,
            listeners.apply(Part.PRIOR));
    return fromEmbedding(embedding, request, generator, listeners);
  }

  /**
   * Makes a picture from another one's embedding; the request's prior is not asked.
   *
   * @param embedding {@code [1, width]}, by {@link Prior} or {@link ImageEncoder}
   * @return as {@link #generate}
   */
  public HostTensor.Floats vary(
      HostTensor.Floats embedding, UnClipRequest request, Function<Part, StepListener> listeners)
      throws InterruptedException {
    return fromEmbedding(embedding, request, new TorchGenerator(request.seed()), listeners);
  }

  private HostTensor.Floats fromEmbedding(
      HostTensor.Floats embedding,
      UnClipRequest request,
      TorchGenerator generator,
      Function<Part, StepListener> listeners)
      throws InterruptedException {
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put(TensorNames.IMAGE_EMBEDS, embedding);
    inputs.putAll(text.encode(Prompt.of(request.prompt()).without(request.negativePrompt())));
    HostTensor.Floats small =
        decoder.denoise(
            DenoiseRequest.of(inputs, request.decoder()), generator, listeners.apply(Part.DECODER));
    return upscaler.upscale(
        small, request.superResolution(), generator, listeners.apply(Part.SUPER_RESOLUTION));
  }

  @Override
  public void close() {
    List<StageEngine> engines =
        prior == null ? List.of(text, decoder, upscaler) : List.of(text, prior, decoder, upscaler);
    engines.forEach(StageEngine::close);
  }
}
