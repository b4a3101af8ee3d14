package dev.sluice.pipeline;

import static dev.sluice.pipeline.TensorNames.IMAGE_EMBEDS;
import static dev.sluice.pipeline.TensorNames.NEGATIVE;

import dev.sluice.diffusion.TorchGenerator;
import dev.sluice.networks.graph.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The stage between texts and pictures: picture embeddings, sampled from a text by a prior or taken
 * from a picture by CLIP's image encoder. A model has either or both. Safe for use by several
 * threads at once.
 */
public final class EmbeddingEngine implements StageEngine {

  private final String name;
  private final PriorEngine prior;
  private final ImageEncoding images;
  private final HostTensor.Floats noPicture;

  private EmbeddingEngine(ModelFolder model, BatchLimit limit) {
    this.name = model.name();
    this.images = model.has(ImageEncoding.COMPONENT) ? ImageEncoding.load(model) : null;
    this.prior = model.pipeline().hasPrior() ? PriorEngine.load(model, limit) : null;
    this.noPicture = model.pipeline() == PipelineClass.KANDINSKY_PRIOR ? images.noPicture() : null;
  }

  /** Loads a model's prior and image encoder, those of them that it has. */
  public static EmbeddingEngine load(ModelFolder model, BatchLimit limit) {
    return model.load(folder -> new EmbeddingEngine(folder, limit));
  }

  /**
   * Samples an embedding.
   *
   * @param text what the picture shall show
   * @param negative what it shall not show, or the empty text
   * @param unwanted whether something is not to be shown: Kandinsky's decoder is guided away from
   *     the embedding that the prior samples for it, and else from that of no picture
   * @param generator the image's random numbers, drawn from
   * @return {@code image_embeds [1, width]} and, of Kandinsky's models, {@code
   *     negative_image_embeds}
   * @throws IllegalArgumentException if the model has no prior
   */
  public Map<String, HostTensor> sample(
      TextEmbedding text,
      TextEmbedding negative,
      boolean unwanted,
      Sampling sampling,
      TorchGenerator generator,
      StepListener listener)
      throws InterruptedException {
    if (prior == null) {
      throw new IllegalArgumentException(
          "model %s has no prior, so it needs a picture to embed".formatted(name));
    }
    if (noPicture == null || !unwanted) {
      return embeddings(prior.sample(text, negative, sampling, generator, listener), noPicture);
    }
    HostTensor.Floats both =
        prior.sample(
            List.of(text, negative), List.of(negative, negative), sampling, generator, listener);
    return embeddings(both.row(0), both.row(1));
  }

  /**
   * Embeds a picture.
   *
   * @param picture {@code [1, 3, height, width]} in [-1, 1], of any size
   * @return as {@link #sample}
   * @throws IllegalArgumentException if the model has no image encoder
   */
  public Map<String, HostTensor> embed(HostTensor.Floats picture) {
    if (images == null) {
      throw new IllegalArgumentException(
          "model %s has no image encoder, so it cannot embed a picture".formatted(name));
    }
    return embeddings(images.embed(picture), noPicture);
  }

  private static Map<String, HostTensor> embeddings(
      HostTensor.Floats wanted, HostTensor.Floats unwanted) {
    Map<String, HostTensor> embeddings = new TreeMap<>();
    embeddings.put(IMAGE_EMBEDS, wanted);
    if (unwanted != null) {
      embeddings.put(NEGATIVE + IMAGE_EMBEDS, unwanted);
    }
    return embeddings;
  }

  @Override
  public void warmUp() throws InterruptedException {
    if (prior != null) {
      prior.warmUp();
    }
    if (images != null) {
      images.noPicture();
    }
  }

  @Override
  public List<StepBatcher> batchers() {
    return prior == null ? List.of() : prior.batchers();
  }

  @Override
  public void close() {
    if (prior != null) {
      prior.close();
    }
    if (images != null) {
      images.close();
    }
  }
}
