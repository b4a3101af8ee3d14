package dev.sluice.trainer.latent;

import static dev.sluice.networks.layer.Layers.concat;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ClipTextModel;
import dev.sluice.networks.unet.UNet2DConditionModel;
import dev.sluice.trainer.diffusion.DiffusionLoss;
import dev.sluice.trainer.diffusion.Noised;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.CollectedScenes;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.shapes.World;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * SDXL's loss (Podell et al. 2023): latent diffusion's, of a network that is told what its training
 * pictures come from beside what they show (section 2.2), over pictures of several sizes (section
 * 2.3).
 *
 * <p>The texts are as {@code StableDiffusionXLPipeline} gives them: the last states but one of the
 * CLIPs side by side, and the projected embedding of the second.
 */
final class SizedTextToLatents implements Objective {

  private static final double THOUSANDTHS = 1e-3;

  /** Which network. */
  enum Kind {
    /** Reads two texts, and knows no text as zeros, which the pipeline gives for none. */
    BASE(ShapesSdxl::unet),
    /** Reads one text, which may be empty, and is told a score. */
    REFINER(ShapesSdxlRefiner::unet);

    private final Function<Recipe, Map<String, Object>> config;

    Kind(Function<Recipe, Map<String, Object>> config) {
      this.config = config;
    }
  }

  private final Recipe recipe;
  private final Kind kind;
  private final CaptionedLatents scenes;
  private final DiffusionLoss loss;
  private final boolean told;
  private final ShapesVocabulary vocabulary;

  SizedTextToLatents(PhaseContext context, Kind kind) throws IOException {
    this.recipe = context.recipe();
    this.kind = kind;
    this.vocabulary = new ShapesVocabulary(World.of(recipe));
    DiffusionLoss whole = DiffusionLoss.of(recipe.at("loss"));
    this.loss =
        new DiffusionLoss(
            whole.process().first(context.own().integer("timesteps", 1)),
            whole.prediction(),
            whole.weighting(),
            whole.variance());
    this.told = context.own().bool("told-origins");
    this.scenes =
        new CaptionedLatents(
            context, SdxlFiles.latents(recipe), new CollectedScenes(context)::batch);
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Component text =
        graph.frozen(
            "text_encoder_2",
            ClipTextModel.projected(OtherModel.config(SdxlFiles.trainedText(recipe))),
            SdxlFiles.trainedText(recipe));
    Component unet =
        graph
            .trained(SdxlFiles.UNET, new UNet2DConditionModel(Config.of(kind.config.apply(recipe))))
            .startingFromPartsOf(OtherModel.builtOn(recipe, SdxlFiles.UNET));
    Operand<TInt64> tokens = graph.longs("tokens", ShapesVocabulary.MAX_LENGTH);
    Map<String, Operand<TFloat32>> read = graph.build(text, Map.of("input_ids", tokens));
    Noised noised = loss.noised(graph, scenes.drawn(graph));
    Operand<TFloat32> answer =
        graph
            .build(
                unet,
                Map.of(
                    "sample", noised.sample(),
                    "timestep", noised.timestep(),
                    "encoder_hidden_states", states(graph.tf(), tokens, read),
                    "text_embeds", embeds(graph.tf(), tokens, read),
                    "time_ids", numbers(graph)))
            .get("sample");
    return List.of(new Player(SdxlFiles.UNET, loss.of(graph, noised, answer), List.of(unet)));
  }

  private Operand<TFloat32> states(
      Ops tf, Operand<TInt64> tokens, Map<String, Operand<TFloat32>> read) {
    Operand<TFloat32> states = read.get("hidden_states.-2");
    if (kind == Kind.REFINER) {
      return states;
    }
    Operand<TFloat32> both = concat(tf, 2, List.of(states, states));
    return tf.math.mul(both, tf.reshape(said(tf, tokens), tf.constant(new int[] {-1, 1, 1})));
  }

  private Operand<TFloat32> embeds(
      Ops tf, Operand<TInt64> tokens, Map<String, Operand<TFloat32>> read) {
    Operand<TFloat32> embeds = read.get("text_embeds");
    return kind == Kind.REFINER ? embeds : tf.math.mul(embeds, said(tf, tokens));
  }

  /** 1 for rows with a text, 0 for empty ones, {@code [rows, 1]}. */
  private Operand<TFloat32> said(Ops tf, Operand<TInt64> tokens) {
    Operand<TInt64> first =
        tf.slice(tokens, tf.constant(new int[] {0, 1}), tf.constant(new int[] {-1, 1}));
    return tf.dtypes.cast(
        tf.math.notEqual(first, tf.constant((long) vocabulary.endId())), TFloat32.class);
  }

  /** The {@code time_ids}; those of a whole, sharp picture where the recipe has nothing told. */
  private Operand<TFloat32> numbers(TrainingGraph graph) {
    Ops tf = graph.tf();
    Operand<TFloat32> origin =
        tf.dtypes.cast(graph.longs(CollectedScenes.ORIGINS, 6), TFloat32.class);
    Operand<TFloat32> target = columns(tf, origin, 4, 2);
    Operand<TFloat32> made =
        told ? columns(tf, origin, 0, 4) : concat(tf, 1, List.of(target, tf.zerosLike(target)));
    return concat(tf, 1, List.of(made, kind == Kind.REFINER ? score(graph) : target));
  }

  private static Operand<TFloat32> columns(Ops tf, Operand<TFloat32> x, int first, int count) {
    return tf.slice(x, tf.constant(new int[] {0, first}), tf.constant(new int[] {-1, count}));
  }

  private Operand<TFloat32> score(TrainingGraph graph) {
    Ops tf = graph.tf();
    double best = recipe.number("aesthetic-score", 0, 10);
    Operand<TFloat32> sharpness =
        tf.reshape(
            tf.dtypes.cast(graph.longs(CollectedScenes.SHARPNESS), TFloat32.class),
            tf.constant(new int[] {-1, 1}));
    return told
        ? tf.math.mul(sharpness, tf.constant((float) (best * THOUSANDTHS)))
        : tf.math.add(tf.zerosLike(sharpness), tf.constant((float) best));
  }

  @Override
  public int forms() {
    return scenes.forms();
  }

  @Override
  public int form(long number) {
    return scenes.form(number);
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    return scenes.batch(number);
  }
}
