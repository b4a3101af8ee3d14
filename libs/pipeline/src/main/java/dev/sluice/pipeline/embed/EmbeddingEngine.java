package dev.sluice.pipeline.embed;

import static dev.sluice.pipeline.request.TensorNames.IMAGE_EMBEDS;
import static dev.sluice.pipeline.request.TensorNames.NEGATIVE;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.diffusion.math.Slerp;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.Closer;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.pipeline.request.InputChecks;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.request.TextEmbedding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The stage between texts and pictures: picture embeddings, sampled from a text by a prior or taken
 * from a picture by CLIP's image encoder. A model has either or both. Safe for use by several
 * threads at once.
 */
public final class EmbeddingEngine implements StageEngine {

  private final String name;
  private final Prior prior;
  private final Prior autoregressive;
  private final ImageEncoder images;
  private final HostTensor.Floats noPicture;

  private EmbeddingEngine(ModelFolder model, BatchLimit limit) {
    this.name = model.name();
    try (Closer closer = new Closer()) {
      boolean seesPictures = model.has(ImageEncoder.COMPONENT);
      boolean drawsCodes = model.pipeline().hasPrior() && model.has(CodePrior.COMPONENT);
      this.images = seesPictures ? closer.opened(ImageEncoder.load(model, limit)) : null;
      this.prior =
          model.pipeline().hasPrior() ? closer.opened(DiffusionPrior.load(model, limit)) : null;
      this.autoregressive = drawsCodes ? closer.opened(CodePrior.load(model, limit)) : null;
      this.noPicture =
          model.pipeline() == PipelineClass.KANDINSKY_PRIOR ? images.noPicture() : null;
      closer.handOver();
    }
  }

  /** Loads a model's prior and image encoder, those of them that it has. */
  public static EmbeddingEngine load(ModelFolder model, BatchLimit limit) {
    return model.load(folder -> new EmbeddingEngine(folder, limit));
  }

  /**
   * Samples an embedding; of several candidates the one with the largest dot product with the
   * text's embedding (Ramesh et al. 2022, section 2.2, where there are two).
   *
   * @param text what the picture shall show
   * @param negative what it shall not show, or the empty text
   * @param unwanted whether something is not to be shown: Kandinsky's decoder is guided away from
   *     the embedding that the prior samples for it, and else from that of no picture
   * @param candidates how many are sampled, in one batch; 1 or more
   * @param byCodes whether the autoregressive prior samples, in place of the diffusion prior
   * @param sampling of the autoregressive prior its guidance scale only
   * @param generator the image's random numbers, drawn from
   * @return {@code image_embeds [1, width]} and, of Kandinsky's models, {@code
   *     negative_image_embeds}
   * @throws IllegalArgumentException if the model has no such prior, or candidates is out of range
   */
  public Map<String, HostTensor> sample(
      TextEmbedding text,
      TextEmbedding negative,
      boolean unwanted,
      int candidates,
      boolean byCodes,
      Sampling sampling,
      TorchGenerator generator,
      StepListener listener)
      throws InterruptedException {
    if (prior == null) {
      throw new IllegalArgumentException(
          "model %s has no prior, so it needs a picture to embed".formatted(name));
    }
    if (byCodes && autoregressive == null) {
      throw new IllegalArgumentException(
          "model %s has no autoregressive prior; leave that to its diffusion prior"
              .formatted(name));
    }
    if (candidates < 1) {
      throw new IllegalArgumentException("candidates: " + candidates + "; expected 1 or more");
    }
    boolean samplesUnwanted = noPicture != null && unwanted;
    List<TextEmbedding> texts = new ArrayList<>(Collections.nCopies(candidates, text));
    if (samplesUnwanted) {
      texts.add(negative);
    }
    Prior chosen = byCodes ? autoregressive : prior;
    HostTensor.Floats sampled =
        chosen.sample(
            texts, Collections.nCopies(texts.size(), negative), sampling, generator, listener);
    return embeddings(
        sampled.row(mostLike(text.embeds(), sampled, candidates)),
        samplesUnwanted ? sampled.row(candidates) : noPicture);
  }

  /** Which of the first {@code rows} has the largest dot product with {@code text}. */
  private static int mostLike(HostTensor.Floats text, HostTensor.Floats sampled, int rows) {
    float[] wanted = text.values();
    int best = 0;
    double largest = Double.NEGATIVE_INFINITY;
    for (int row = 0; row < rows; row++) {
      double product = 0;
      for (int i = 0; i < wanted.length; i++) {
        product += (double) wanted[i] * sampled.values()[row * wanted.length + i];
      }
      if (product > largest) {
        largest = product;
        best = row;
      }
    }
    return best;
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
    InputChecks.requirePicture(Map.of(TensorNames.IMAGE, picture), TensorNames.IMAGE, 3);
    return embeddings(images.embed(picture), noPicture);
  }

  /**
   * An embedding on the arc between two pictures' embeddings.
   *
   * @param from {@code [1, width]}
   * @param to what {@link #sample} or {@link #embed} made; all else in it stays
   * @param share 0 gives {@code from}, 1 gives {@code to}
   * @throws IllegalArgumentException if there is no such arc
   */
  public static Map<String, HostTensor> between(
      HostTensor.Floats from, Map<String, HostTensor> to, double share) {
    HostTensor.Floats end = (HostTensor.Floats) to.get(IMAGE_EMBEDS);
    Map<String, HostTensor> between = new TreeMap<>(to);
    between.put(
        IMAGE_EMBEDS,
        new HostTensor.Floats(Slerp.between(from.values(), end.values(), share), end.shape()));
    return between;
  }

  /**
   * The direction in which a picture's embedding changes as words do: a text diff (Ramesh et al.
   * 2022, section 3.3).
   *
   * @param picture {@code [1, width]}
   * @param from the words' embedding before, {@code [1, width]}
   * @param to the words' embedding after
   * @return {@code image_embeds} in that direction, as long as {@code picture}
   * @throws IllegalArgumentException if the words are the same
   */
  public static Map<String, HostTensor> change(
      HostTensor.Floats picture, HostTensor.Floats from, HostTensor.Floats to) {
    int width = picture.values().length;
    if (from.values().length != width || to.values().length != width) {
      throw new IllegalArgumentException(
          "a change from words of width %d to words of width %d cannot turn a picture of width %d"
              .formatted(from.values().length, to.values().length, width));
    }
    float[] one = Slerp.withLength(from.values(), 1);
    float[] other = Slerp.withLength(to.values(), 1);
    float[] difference = new float[width];
    for (int i = 0; i < width; i++) {
      difference[i] = other[i] - one[i];
    }
    return embeddings(
        new HostTensor.Floats(
            Slerp.withLength(difference, Slerp.norm(picture.values())), picture.shape()),
        null);
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

  private List<Prior> priors() {
    return Stream.of(prior, autoregressive).filter(Objects::nonNull).toList();
  }

  @Override
  public void warmUp() throws InterruptedException {
    for (Prior one : priors()) {
      one.warmUp();
    }
    if (images != null) {
      images.noPicture();
    }
  }

  @Override
  public List<StepBatcher> batchers() {
    return Stream.concat(
            priors().stream().flatMap(one -> one.batchers().stream()),
            Stream.ofNullable(images).map(ImageEncoder::batcher))
        .toList();
  }

  @Override
  public void close() {
    priors().forEach(Prior::close);
    if (images != null) {
      images.close();
    }
  }
}
