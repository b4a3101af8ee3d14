package dev.sluice.trainer.unclip;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.UnClipTextProjModel;
import dev.sluice.networks.unet.UNet2DConditionModel;
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
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The decoder's loss: the squared distance of the clean picture. Picture embeddings and texts are
 * dropped independently for classifier-free guidance.
 *
 * <p>A step counts by its signal-to-noise ratio, up to a bound (Hang et al. 2023, "Efficient
 * Diffusion Training via Min-SNR Weighting Strategy", section 3.4). Without, half of the loss is
 * where an object stands at the noisiest steps, which nothing can tell; without the bound, which is
 * noise prediction, most of it are the last steps, where everything is settled.
 *
 * <p>The variance that the network also has channels for, as diffusers' pipeline wants it, is not
 * trained: they stay at zero, the middle of the range of Nichol and Dhariwal 2021, equation 15.
 * What that paper trains fits steps of one timestep; over the fifty of a twenty-step sampling it is
 * extrapolated far beyond its range.
 */
final class DecoderObjective implements Objective {

  private final Recipe recipe;
  private final Recipe own;
  private final int extraTokens;
  private final ShapesBatches batches;
  private final Embeddings clip;
  private final DiffusionLoss loss;

  DecoderObjective(PhaseContext context) {
    this.recipe = context.recipe();
    this.own = context.own();
    this.extraTokens = recipe.integer("components.text_proj.clip_extra_context_tokens", 1);
    this.batches = new ShapesBatches(context);
    this.clip = new Embeddings(context);
    this.loss =
        new DiffusionLoss(
            ForwardProcess.of(recipe.at("process")),
            Prediction.SAMPLE,
            Weighting.of(own.at("weighting")),
            Optional.empty());
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Ops tf = graph.tf();
    int width = ShapesUnclip.embedding(recipe);
    int tokens = ShapesVocabulary.MAX_LENGTH;
    int size = recipe.integer("sizes.base", 1);
    Component projection =
        graph.trained(
            "text_proj", new UnClipTextProjModel(Config.of(ShapesUnclip.textProjection(recipe))));
    Component decoder =
        graph.trained("decoder", new UNet2DConditionModel(Config.of(ShapesUnclip.decoder(recipe))));
    Map<String, Operand<TFloat32>> conditions =
        graph.build(
            projection,
            Map.of(
                "image_embeddings", graph.floats("image_embeds", width),
                "image_embeddings_dropped", graph.longs("image_dropped"),
                "prompt_embeds", graph.floats("text_embeds", width),
                "text_encoder_hidden_states", graph.floats("text_states", tokens, width)));
    Noised noised = loss.noised(graph, graph.floats("clean", 3, size, size));
    Operand<TFloat32> output =
        graph
            .build(
                decoder,
                Map.of(
                    "sample", noised.sample(),
                    "timestep", noised.timestep(),
                    "encoder_hidden_states", conditions.get("text_encoder_hidden_states"),
                    "class_labels", conditions.get("additive_clip_time_embeddings"),
                    "attention_mask", graph.longs("mask", extraTokens + tokens)))
            .get("sample");
    Operand<TFloat32> predicted =
        tf.slice(
            output, tf.constant(new int[] {0, 0, 0, 0}), tf.constant(new int[] {-1, 3, -1, -1}));
    return List.of(
        new Player("decoder", loss.of(graph, noised, predicted), List.of(projection, decoder)));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    SceneSampler.Example[] examples = batches.examples(number);
    SplittableRandom random = batches.random(number);
    int rows = examples.length;
    boolean[] withoutPicture =
        ShapesBatches.drop(random, rows, own.number("dropped-pictures", 0, 1));
    boolean[] withoutText = ShapesBatches.drop(random, rows, own.number("dropped-texts", 0, 1));
    HostTensor.Longs tokens = batches.tokens(examples, withoutText);
    Map<String, HostTensor.Floats> texts = clip.texts(tokens);
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    batch.put("image_embeds", clip.pictures(examples));
    batch.put("image_dropped", HostTensor.ofBooleans(withoutPicture, rows));
    batch.put("text_embeds", texts.get("text_embeds"));
    batch.put("text_states", texts.get("last_hidden_state"));
    batch.put("mask", withExtraTokens(batches.mask(tokens)));
    batch.put("clean", ShapesBatches.pictures(examples, recipe.integer("sizes.base", 1)));
    return batch;
  }

  private HostTensor.Longs withExtraTokens(HostTensor.Longs mask) {
    int rows = mask.shape()[0];
    int tokens = mask.shape()[1];
    long[] extended = new long[rows * (tokens + extraTokens)];
    java.util.Arrays.fill(extended, 1);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(
          mask.values(),
          row * tokens,
          extended,
          row * (tokens + extraTokens) + extraTokens,
          tokens);
    }
    return new HostTensor.Longs(extended, rows, tokens + extraTokens);
  }

  @Override
  public void close() {
    clip.close();
  }
}
