package dev.sluice.trainer.lineage;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.embed.ImageEncoder;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.pipeline.upscale.UpscalerEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An unCLIP's decoder and what enlarges its pictures, given embeddings that no request can ask for:
 * a text's own in place of a picture's, or one of which a part is left out.
 */
final class DecodedEmbeddings implements AutoCloseable {

  private static final int AT_ONCE = 16;

  private final TextEncoder text;
  private final ImageEncoder eye;
  private final DenoiserEngine decoder;
  private final UpscalerEngine upscaler;
  private final Sampling sampling;
  private final List<Sampling> enlarging;

  /**
   * @param sampling of the decoder
   * @param enlarging of each network that enlarges
   */
  DecodedEmbeddings(Path model, Sampling sampling, List<Sampling> enlarging) {
    ModelFolder folder = ModelFolder.open(model);
    this.text = Families.textEncoder(folder, BatchLimit.DEFAULT);
    this.eye = ImageEncoder.load(folder, BatchLimit.DEFAULT);
    this.decoder = Families.denoiser(folder, BatchLimit.DEFAULT);
    this.upscaler = Families.upscaler(folder, BatchLimit.DEFAULT);
    this.sampling = sampling;
    this.enlarging = enlarging;
  }

  /** CLIP's embedding of a square picture. */
  float[] ofPicture(float[] picture) {
    return eye.embed(HeldOut.first(List.of(picture), 1)).values();
  }

  /** CLIP's embedding of a text. */
  float[] ofText(String caption) {
    Map<String, HostTensor> read = text.encode(Prompt.of(caption));
    return ((HostTensor.Floats) read.get(TensorNames.TEXT_EMBEDS)).values();
  }

  /**
   * Pictures of embeddings, from noise that is the same whatever they are.
   *
   * @param captions what the decoder is told beside them
   * @return {@code [3, side, side]} each
   */
  List<float[]> pictures(List<String> captions, List<float[]> embeddings, long seed) {
    List<float[]> pictures = new ArrayList<>();
    for (int first = 0; first < captions.size(); first += AT_ONCE) {
      List<Map<String, HostTensor>> inputs = new ArrayList<>();
      for (int i = first; i < Math.min(captions.size(), first + AT_ONCE); i++) {
        Map<String, HostTensor> own = new LinkedHashMap<>(text.encode(Prompt.of(captions.get(i))));
        float[] embedding = embeddings.get(i);
        own.put(TensorNames.IMAGE_EMBEDS, new HostTensor.Floats(embedding, 1, embedding.length));
        inputs.add(own);
      }
      pictures.addAll(decoded(inputs, seed + first));
    }
    return pictures;
  }

  private List<float[]> decoded(List<Map<String, HostTensor>> inputs, long seed) {
    try {
      HostTensor.Floats small =
          decoder.denoise(
              new DenoiseRequest(inputs, sampling, 0, 0, DenoiseRequest.Span.ALL),
              new TorchGenerator(seed),
              StepListener.NONE);
      List<float[]> pictures = new ArrayList<>();
      for (int row = 0; row < inputs.size(); row++) {
        pictures.add(
            upscaler
                .upscale(
                    small.row(row), enlarging, new TorchGenerator(seed + row), StepListener.NONE)
                .values());
      }
      return pictures;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while pictures were made", e);
    }
  }

  @Override
  public void close() {
    text.close();
    eye.close();
    decoder.close();
    upscaler.close();
  }
}
