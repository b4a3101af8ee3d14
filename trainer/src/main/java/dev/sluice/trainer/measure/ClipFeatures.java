package dev.sluice.trainer.measure;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ClipVisionModel;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Pictures as a frozen CLIP sees them (Radford et al. 2021): in its embeddings distances follow
 * what captions can say (Jayasumana et al. 2024, "Rethinking FID").
 */
public final class ClipFeatures implements AutoCloseable {

  private static final int BATCH = 64;

  private final Network encoder;
  private final int width;

  /**
   * Loads the picture encoder of a model whose pixels are normalised to [-1, 1].
   *
   * @throws IllegalArgumentException if it has none
   */
  public ClipFeatures(Path model) {
    Path folder = model.resolve(ModelFolder.IMAGE_ENCODER);
    if (!Files.exists(folder.resolve("config.json"))) {
      throw new IllegalArgumentException(
          "%s holds no image_encoder, in whose features pictures are measured".formatted(model));
    }
    Config config = Config.read(folder.resolve("config.json"));
    width = config.integer("projection_dim");
    try (TensorSource weights = Checkpoints.open(folder)) {
      encoder = Network.load(ClipVisionModel.projected(config), weights);
    }
  }

  /**
   * Looks at pictures.
   *
   * @param pictures {@code [3, side, side]} in [-1, 1] each, of the side that the encoder takes
   */
  public Vectors look(List<float[]> pictures) {
    float[] features = new float[pictures.size() * width];
    for (int start = 0; start < pictures.size(); start += BATCH) {
      List<float[]> some = pictures.subList(start, Math.min(pictures.size(), start + BATCH));
      float[] seen = encoder.run(Map.of("pixel_values", batch(some))).get("image_embeds").values();
      System.arraycopy(seen, 0, features, start * width, seen.length);
    }
    return new Vectors(features, width);
  }

  private static HostTensor.Floats batch(List<float[]> pictures) {
    int size = pictures.get(0).length;
    int side = (int) Math.round(Math.sqrt(size / 3.0));
    float[] values = new float[pictures.size() * size];
    for (int row = 0; row < pictures.size(); row++) {
      System.arraycopy(pictures.get(row), 0, values, row * size, size);
    }
    return new HostTensor.Floats(values, pictures.size(), 3, side, side);
  }

  @Override
  public void close() {
    encoder.close();
  }
}
