package dev.sluice.trainer.vq;

import static dev.sluice.networks.layer.Layers.reshape;

import dev.sluice.catalog.Config;
import dev.sluice.networks.code.CodeGrid;
import dev.sluice.networks.code.CodeTransformer;
import dev.sluice.networks.code.CodeTransformerConfig;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ClipTextModel;
import dev.sluice.trainer.latent.ShapesLdm;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.system.OtherModel;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.CrossEntropy;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The loss of the transformer over codes (Razavi et al. 2019, algorithm 2; Ramesh et al. 2021,
 * section 2.2): the cross-entropy of each code, given the caption and the codes before it. A share
 * of the captions is empty, for classifier-free guidance.
 */
final class TextToCodes implements Objective {

  private static final String TOKENS = "tokens";

  private final Recipe recipe;
  private final Config config;
  private final CodeGrid grid;
  private final double dropped;
  private final ShapesBatches batches;
  private final KeptCodes codes;

  TextToCodes(PhaseContext context) throws IOException {
    this.recipe = context.recipe();
    this.config = Config.of(ShapesVq.transformer(recipe));
    this.grid = CodeTransformerConfig.of(config).grid();
    this.dropped = context.own().number("dropped-texts", 0, 1);
    this.batches = new ShapesBatches(context);
    this.codes =
        new KeptCodes(
            context,
            OtherModel.component(context.model().toString(), VqObjective.VQVAE),
            grid,
            this::scenes);
  }

  private Map<String, HostTensor> scenes(long number) {
    SceneSampler.Example[] examples = batches.examples(number);
    boolean[] none = ShapesBatches.none(examples.length);
    return Map.of(
        "clean", ShapesBatches.pictures(examples), TOKENS, batches.tokens(examples, none));
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Component text =
        graph.frozen(
            ShapesLdm.TEXT_ENCODER,
            ClipTextModel.unprojected(Config.of(ShapesLdm.textEncoder(recipe))),
            ShapesLdm.trainedText(recipe));
    Component transformer = graph.trained(ShapesVq.TRANSFORMER, new CodeTransformer(config));
    Operand<TFloat32> states =
        graph
            .build(text, Map.of("input_ids", graph.longs(TOKENS, ShapesVocabulary.MAX_LENGTH)))
            .get("last_hidden_state");
    Operand<TInt64> words = graph.longs(KeptCodes.CODES, grid.count());
    Operand<TFloat32> logits =
        graph
            .build(transformer, Map.of("encoder_hidden_states", states, "codes", words))
            .get("logits");
    measureLevels(graph, logits, words);
    return List.of(
        new Player(
            ShapesVq.TRANSFORMER,
            nats(graph, logits, words, 0, grid.count()),
            List.of(transformer)));
  }

  /** What a code of each level costs, in nats. */
  private void measureLevels(TrainingGraph graph, Operand<TFloat32> logits, Operand<TInt64> words) {
    graph.measure("top", nats(graph, logits, words, 0, grid.top()));
    graph.measure("bottom", nats(graph, logits, words, grid.top(), grid.count() - grid.top()));
  }

  private Operand<TFloat32> nats(
      TrainingGraph graph, Operand<TFloat32> logits, Operand<TInt64> words, int first, int count) {
    Ops tf = graph.tf();
    Operand<TFloat32> part =
        tf.slice(
            logits, tf.constant(new int[] {0, first, 0}), tf.constant(new int[] {-1, count, -1}));
    Operand<TInt64> right =
        tf.slice(words, tf.constant(new int[] {0, first}), tf.constant(new int[] {-1, count}));
    return CrossEntropy.ofClasses(
        graph, reshape(tf, part, -1, grid.words()), reshape(tf, right, -1));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    Map<String, HostTensor> batch = new LinkedHashMap<>(codes.batch(number));
    boolean[] without = ShapesBatches.drop(batches.random(number), batches.size(), dropped);
    batch.put(TOKENS, batches.without((HostTensor.Longs) batch.get(TOKENS), without));
    return batch;
  }
}
