package dev.sluice.trainer.unclip;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.PriorTransformer;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.ForwardProcess;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.diffusion.Prediction;
import dev.sluice.trainer.diffusion.Weighting;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The diffusion prior's loss (Ramesh et al. 2022, eq. 2): the squared distance between the clean
 * picture embedding, normalised per dimension, and what the prior predicts from a noised one and
 * the text. Some texts are dropped for classifier-free guidance.
 */
final class PriorObjective implements Objective {

  private final Recipe recipe;
  private final double droppedTexts;
  private final ShapesBatches batches;
  private final Embeddings clip;
  private final DiffusionLoss loss;
  private final float[] mean;
  private final float[] spread;

  PriorObjective(PhaseContext context) {
    this.recipe = context.recipe();
    this.droppedTexts = context.own().number("dropped-texts", 0, 1);
    this.batches = new ShapesBatches(context);
    this.clip = new Embeddings(context);
    this.loss =
        new DiffusionLoss(
            ForwardProcess.of(recipe.at("process")),
            Prediction.SAMPLE,
            new Weighting.Simple(),
            Optional.empty());
    float[][] statistics = clip.statistics(batches, context.own().integer("measured", 2));
    this.mean = statistics[0];
    this.spread = statistics[1];
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    int width = ShapesUnclip.embedding(recipe);
    int tokens = ShapesVocabulary.MAX_LENGTH;
    Component prior =
        graph
            .trained(
                "prior",
                new PriorTransformer(Config.of(ShapesUnclip.prior(recipe))),
                name -> !name.startsWith("clip_"))
            .startingWith("clip_mean", mean)
            .startingWith("clip_std", spread);
    Noised noised = loss.noised(graph, graph.floats("clean", width));
    Operand<TFloat32> predicted =
        graph
            .build(
                prior,
                Map.of(
                    "hidden_states", noised.sample(),
                    "timestep", noised.timestep(),
                    "proj_embedding", graph.floats("text_embeds", width),
                    "encoder_hidden_states", graph.floats("text_states", tokens, width),
                    "attention_mask", graph.longs("mask", tokens)))
            .get("predicted_image_embedding");
    return List.of(new Player("prior", loss.of(graph, noised, predicted), List.of(prior)));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    SceneSampler.Example[] examples = batches.examples(number);
    int rows = examples.length;
    HostTensor.Longs tokens =
        batches.tokens(examples, ShapesBatches.drop(batches.random(number), rows, droppedTexts));
    Map<String, HostTensor.Floats> texts = clip.texts(tokens);
    HostTensor.Floats embeddings = clip.pictures(examples);
    float[] clean = embeddings.values();
    for (int i = 0; i < clean.length; i++) {
      clean[i] = (clean[i] - mean[i % mean.length]) / spread[i % mean.length];
    }
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    batch.put("text_embeds", texts.get("text_embeds"));
    batch.put("text_states", texts.get("last_hidden_state"));
    batch.put("mask", batches.mask(tokens));
    batch.put("clean", embeddings);
    return batch;
  }

  @Override
  public void close() {
    clip.close();
  }
}
