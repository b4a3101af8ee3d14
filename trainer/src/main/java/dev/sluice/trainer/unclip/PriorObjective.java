package dev.sluice.trainer.unclip;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.Parameter;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.PriorTransformer;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.TrainingGraph;
import dev.sluice.trainer.train.WeightInitializer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The diffusion prior's loss (Ramesh et al. 2022, eq. 2): the squared distance between the clean
 * picture embedding, normalised per dimension, and what the prior predicts from a noised one and
 * the text. A tenth of the texts are dropped for classifier-free guidance.
 */
final class PriorObjective implements Objective {

  private static final double DROPPED_TEXTS = 0.1;

  private final ShapesBatches batches;
  private final Embeddings clip;
  private final float[] mean;
  private final float[] spread;

  PriorObjective(ShapesBatches batches, Embeddings clip) {
    this.batches = batches;
    this.clip = clip;
    float[][] statistics = clip.statistics(batches, 4096);
    this.mean = statistics[0];
    this.spread = statistics[1];
  }

  @Override
  public Operand<TFloat32> loss(TrainingGraph graph) {
    int width = ShapesUnclip.EMBEDDING;
    int tokens = ShapesVocabulary.MAX_LENGTH;
    TrainingGraph.Component prior =
        graph.component(
            "prior",
            new PriorTransformer(Config.of(ShapesUnclip.prior())),
            name -> !name.startsWith("clip_"));
    Operand<TFloat32> predicted =
        graph
            .build(
                prior,
                Map.of(
                    "hidden_states", graph.floats("noisy", width),
                    "timestep", graph.floats("timestep"),
                    "proj_embedding", graph.floats("text_embeds", width),
                    "encoder_hidden_states", graph.floats("text_states", tokens, width),
                    "attention_mask", graph.longs("mask", tokens)))
            .get("predicted_image_embedding");
    return graph.mean(graph.tf().math.squaredDifference(predicted, graph.floats("clean", width)));
  }

  @Override
  public Map<String, HostTensor> batch(long step) {
    SceneSampler.Example[] examples = batches.examples(step);
    SplittableRandom random = batches.random(step);
    int rows = examples.length;
    int width = ShapesUnclip.EMBEDDING;
    HostTensor.Longs tokens =
        batches.tokens(examples, ShapesBatches.drop(random, rows, DROPPED_TEXTS));
    Map<String, HostTensor.Floats> texts = clip.texts(tokens);
    float[] clean = clip.pictures(examples).values();
    for (int i = 0; i < clean.length; i++) {
      clean[i] = (clean[i] - mean[i % width]) / spread[i % width];
    }
    float[] timesteps = ShapesBatches.timesteps(random, rows);
    float[] noisy = new float[clean.length];
    for (int row = 0; row < rows; row++) {
      float[] embedding = java.util.Arrays.copyOfRange(clean, row * width, (row + 1) * width);
      Noise.add(embedding, (int) timesteps[row], random, noisy, row * width);
    }
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    batch.put("noisy", new HostTensor.Floats(noisy, rows, width));
    batch.put("timestep", new HostTensor.Floats(timesteps, rows));
    batch.put("text_embeds", texts.get("text_embeds"));
    batch.put("text_states", texts.get("last_hidden_state"));
    batch.put("mask", batches.mask(tokens));
    batch.put("clean", new HostTensor.Floats(clean, rows, width));
    return batch;
  }

  @Override
  public WeightInitializer initializer(String component) {
    return new WeightInitializer(component.hashCode()) {
      @Override
      public float[] values(Parameter parameter) {
        return switch (parameter.name()) {
          case "clip_mean" -> mean.clone();
          case "clip_std" -> spread.clone();
          default -> super.values(parameter);
        };
      }
    };
  }
}
