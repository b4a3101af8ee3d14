package dev.sluice.trainer.glide;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.T5EncoderModel;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.ShapesPieces;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * GLIDE's loss (Nichol et al. 2021, section 2): what the network says of a noised picture and its
 * caption, through which the text transformer learns too. A share of the captions is empty (section
 * 2.3), for classifier-free guidance.
 *
 * <p>The network has channels for a variance, as {@code IFPipeline} wants them. They are trained
 * only where the recipe gives the bound a weight; they stay at zero otherwise, the middle of the
 * range.
 */
final class TextToPixels implements Objective {

  private static final int COLORS = 3;

  private final Recipe recipe;
  private final int side;
  private final double dropped;
  private final ShapesBatches batches;
  private final ShapesPieces pieces;
  private final DiffusionLoss loss;

  TextToPixels(PhaseContext context) {
    this.recipe = context.recipe();
    this.side = recipe.integer("components.unet.sample_size", 1);
    this.dropped = context.own().number("dropped-texts", 0, 1);
    this.batches = new ShapesBatches(context);
    this.pieces = new ShapesPieces(context.model().resolve(ShapesGlide.TOKENIZER));
    this.loss = DiffusionLoss.of(recipe.at("loss"));
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Component text =
        graph.trained(
            ShapesGlide.TEXT_ENCODER,
            new T5EncoderModel(Config.of(ShapesGlide.textEncoder(recipe))));
    Component unet =
        graph.trained(
            ShapesGlide.UNET, new UNet2DConditionModel(Config.of(ShapesGlide.unet(recipe))));
    Operand<TFloat32> states =
        graph
            .build(
                text,
                Map.of(
                    "input_ids", graph.longs("ids", ShapesPieces.LENGTH),
                    "attention_mask", graph.longs("mask", ShapesPieces.LENGTH)))
            .get("last_hidden_state");
    Noised noised = loss.noised(graph, graph.floats("clean", COLORS, side, side));
    Operand<TFloat32> answer =
        graph
            .build(
                unet,
                Map.of(
                    "sample", noised.sample(),
                    "timestep", noised.timestep(),
                    "encoder_hidden_states", states))
            .get("sample");
    return List.of(
        new Player(
            ShapesGlide.UNET,
            loss.of(graph, noised, loss.variance().isEmpty() ? colors(graph, answer) : answer),
            List.of(text, unet)));
  }

  private static Operand<TFloat32> colors(TrainingGraph graph, Operand<TFloat32> answer) {
    Ops tf = graph.tf();
    return tf.slice(
        answer, tf.constant(new int[] {0, 0, 0, 0}), tf.constant(new int[] {-1, COLORS, -1, -1}));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    SceneSampler.Example[] examples = batches.examples(number);
    ShapesPieces.Tokens tokens =
        pieces.tokens(
            examples, ShapesBatches.drop(batches.random(number), examples.length, dropped));
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    batch.put("ids", tokens.ids());
    batch.put("mask", tokens.mask());
    batch.put("clean", ShapesBatches.pictures(examples, side));
    return batch;
  }

  @Override
  public void close() {
    pieces.close();
  }
}
