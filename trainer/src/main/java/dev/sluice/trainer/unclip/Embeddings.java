package dev.sluice.trainer.unclip;

import dev.sluice.catalog.Config;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ClipTextModel;
import dev.sluice.networks.transformer.ClipVisionModel;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.system.TrainingException;
import java.nio.file.Path;
import java.util.Map;

/** The trained CLIP, frozen: what the later networks are conditioned on and trained towards. */
final class Embeddings implements AutoCloseable {

  private final Network text;
  private final Network image;

  /** Loads both towers from the model folder under training. */
  Embeddings(PhaseContext context) {
    Path model = context.model();
    if (Checkpoints.find(model.resolve("text_encoder"), null).isEmpty()) {
      throw new TrainingException(
          "%s needs the weights of the phase clip, which are not in %s; train that first"
              .formatted(context.own().origin(), model));
    }
    Recipe recipe = context.recipe();
    try (TensorSource textWeights = Checkpoints.open(model.resolve("text_encoder"));
        TensorSource imageWeights = Checkpoints.open(model.resolve("image_encoder"))) {
      text =
          Network.load(
              ClipTextModel.projected(Config.of(ShapesUnclip.textEncoder(recipe))), textWeights);
      image =
          Network.load(
              ClipVisionModel.projected(Config.of(ShapesUnclip.imageEncoder(recipe))),
              imageWeights);
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
    double[] sum = null;
    double[] squares = null;
    int width = 0;
    int rows = 0;
    for (int step = 0; rows < count; step++) {
      HostTensor.Floats embeddings = pictures(batches.examples(step));
      float[] values = embeddings.values();
      if (sum == null) {
        width = embeddings.shape()[1];
        sum = new double[width];
        squares = new double[width];
      }
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
