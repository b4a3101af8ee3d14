package dev.sluice.trainer.unclip;

import dev.sluice.catalog.Config;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ClipTextModel;
import dev.sluice.networks.transformer.ClipVisionModel;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.trainer.shapes.SceneSampler;
import java.nio.file.Path;
import java.util.Map;

/** The trained CLIP, frozen: what the later networks are conditioned on and trained towards. */
final class Embeddings implements AutoCloseable {

  private final Network text;
  private final Network image;

  /** Loads both towers from the model folder under training. */
  Embeddings(Path model) {
    try (TensorSource textWeights = Checkpoints.open(model.resolve("text_encoder"));
        TensorSource imageWeights = Checkpoints.open(model.resolve("image_encoder"))) {
      text =
          Network.load(ClipTextModel.projected(Config.of(ShapesUnclip.textEncoder())), textWeights);
      image =
          Network.load(
              ClipVisionModel.projected(Config.of(ShapesUnclip.imageEncoder())), imageWeights);
    }
  }

  /** {@code text_embeds [batch, d]} and {@code last_hidden_state [batch, tokens, d]}. */
  Map<String, HostTensor.Floats> texts(HostTensor.Longs tokens) {
    return text.run(Map.of("input_ids", tokens));
  }

  /** {@code [batch, d]}. */
  HostTensor.Floats pictures(SceneSampler.Example[] examples) {
    return image.run(Map.of("pixel_values", ShapesBatches.pictures(examples))).get("image_embeds");
  }

  /**
   * Mean and standard deviation of each embedding dimension over many pictures, {@code [d]} each.
   */
  float[][] statistics(ShapesBatches batches, int count) {
    int width = ShapesUnclip.EMBEDDING;
    double[] sum = new double[width];
    double[] squares = new double[width];
    int rows = 0;
    for (int step = 0; rows < count; step++) {
      float[] values = pictures(batches.examples(step)).values();
      for (int i = 0; i < values.length; i++) {
        sum[i % width] += values[i];
        squares[i % width] += values[i] * values[i];
      }
      rows += values.length / width;
    }
    float[][] meanAndSpread = new float[2][width];
    for (int i = 0; i < width; i++) {
      double mean = sum[i] / rows;
      meanAndSpread[0][i] = (float) mean;
      meanAndSpread[1][i] = (float) Math.sqrt(Math.max(1e-8, squares[i] / rows - mean * mean));
    }
    return meanAndSpread;
  }

  @Override
  public void close() {
    text.close();
    image.close();
  }
}
