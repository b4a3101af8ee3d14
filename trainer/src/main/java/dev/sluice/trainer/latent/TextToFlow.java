package dev.sluice.trainer.latent;

import static dev.sluice.networks.layer.Layers.concat;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ClipTextModel;
import dev.sluice.networks.transformer.SD3Transformer2DModel;
import dev.sluice.networks.transformer.SinusoidalPositions;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The rectified flow's loss (Esser et al. 2024, section 3): which way noise lies from the latent,
 * asked where the recipe's timesteps are dense.
 *
 * <p>The text is as {@code StableDiffusion3Pipeline} without T5 gives it (figure 2 of the paper):
 * the last states but one of two CLIPs side by side, zeros in T5's place after them, and the
 * projected embeddings side by side.
 */
final class TextToFlow implements Objective {

  private static final String POSITIONS = "pos_embed.pos_embed";

  private final Recipe recipe;
  private final TextStreams streams;
  private final CaptionedLatents scenes;
  private final DiffusionLoss loss;

  TextToFlow(PhaseContext context) throws IOException {
    this.recipe = context.recipe();
    this.streams = TextStreams.of(context.recipe());
    this.scenes = new CaptionedLatents(context, ShapesSd3.latents(context.recipe()));
    this.loss = DiffusionLoss.of(recipe.at("loss"));
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Ops tf = graph.tf();
    Component text =
        graph.frozen(
            ShapesSd3.TEXT_ENCODER,
            ClipTextModel.projected(OtherModel.config(ShapesSd3.trainedText(recipe))),
            ShapesSd3.trainedText(recipe));
    Map<String, Operand<TFloat32>> read =
        graph.build(text, Map.of("input_ids", graph.longs("tokens", ShapesVocabulary.MAX_LENGTH)));
    Operand<TFloat32> states = twice(tf, 2, read.get("hidden_states.-2"));
    Noised noised = loss.noised(graph, scenes.drawn(graph));
    Component transformer = transformer(graph);
    Operand<TFloat32> answer =
        graph
            .build(
                transformer,
                Map.of(
                    "hidden_states", noised.sample(),
                    "timestep", noised.timestep(),
                    "encoder_hidden_states", concat(tf, 1, List.of(states, tf.zerosLike(states))),
                    "pooled_projections", twice(tf, 1, read.get("text_embeds"))))
            .get("sample");
    return List.of(
        new Player(ShapesSd3.TRANSFORMER, loss.of(graph, noised, answer), List.of(transformer)));
  }

  /** The network, whose places are sinusoids and stay so. */
  private Component transformer(TrainingGraph graph) {
    Config config = Config.of(ShapesSd3.transformer(recipe));
    int side = config.integer("pos_embed_max_size");
    int base = config.integer("sample_size") / config.integer("patch_size");
    int width = config.integer("num_attention_heads") * config.integer("attention_head_dim");
    return graph
        .trained(
            ShapesSd3.TRANSFORMER,
            new SD3Transformer2DModel(config),
            weight -> !weight.equals(POSITIONS))
        .sharing(streams.sharing(config.integer("num_layers")))
        .startingWith(POSITIONS, SinusoidalPositions.of(side, side, width, base, 1));
  }

  private static Operand<TFloat32> twice(Ops tf, int axis, Operand<TFloat32> x) {
    return concat(tf, axis, List.of(x, x));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    return scenes.batch(number);
  }
}
