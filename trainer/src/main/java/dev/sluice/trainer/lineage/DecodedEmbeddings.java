package dev.sluice.trainer.lineage;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.embed.ImageEncoder;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.trainer.lineage.sampling.EnginePictures;
import dev.sluice.trainer.lineage.sampling.EnginePictures.Asked;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An unCLIP's decoder and what enlarges its pictures, given embeddings that no request can ask for:
 * a text's own in place of a picture's, or one of which a part is left out.
 */
final class DecodedEmbeddings implements AutoCloseable {

  private final EnginePictures engines;
  private final ImageEncoder eye;
  private final Asked asked;
  private final List<Sampling> enlarging;

  /**
   * @param sampling of the decoder
   * @param enlarging of each network that enlarges
   */
  DecodedEmbeddings(Path model, Sampling sampling, List<Sampling> enlarging) {
    this.engines = new EnginePictures(model);
    this.eye = ImageEncoder.load(ModelFolder.open(model), BatchLimit.DEFAULT);
    this.asked = new Asked(sampling, 0, 0, DenoiseRequest.Span.ALL, Map.of());
    this.enlarging = enlarging;
  }

  /** CLIP's embedding of a square picture. */
  float[] ofPicture(float[] picture) {
    return eye.embed(HeldOut.first(List.of(picture), 1)).values();
  }

  /** CLIP's embedding of a text. */
  float[] ofText(String caption) {
    return ((HostTensor.Floats) engines.read(caption).get(TensorNames.TEXT_EMBEDS)).values();
  }

  /**
   * Pictures of embeddings, from noise that is the same whatever they are.
   *
   * @param captions what the decoder is told beside them
   * @return {@code [3, side, side]} each
   */
  List<float[]> pictures(List<String> captions, List<float[]> embeddings, long seed) {
    List<HostTensor.Floats> rows =
        embeddings.stream()
            .map(embedding -> new HostTensor.Floats(embedding, 1, embedding.length))
            .toList();
    return engines.decoded(
        engines.latents(captions, asked, seed, TensorNames.IMAGE_EMBEDS, rows), enlarging, seed);
  }

  @Override
  public void close() {
    engines.close();
    eye.close();
  }
}
