package dev.sluice.trainer.unclip;

import static dev.sluice.networks.layer.Layers.reshape;

import dev.sluice.catalog.Config;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.ClipTextModel;
import dev.sluice.networks.transformer.ClipVisionModel;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.SceneAttributes;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.CrossEntropy;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * CLIP's symmetric contrastive loss (Radford et al. 2021, figure 3): of all pictures of a batch, a
 * caption shall find its own, and the other way round. Near misses in the batch make it ask which
 * word belongs to which object.
 *
 * <p>Beside it, one linear probe reads the scene's attributes from the embeddings of both towers.
 * The contrastive loss alone is content with colors for very many steps: after 2,000 of these
 * batches it stood at 0.70, that is ln 2, a coin tossed between near misses.
 */
final class ClipObjective implements Objective {

  private final Recipe recipe;
  private final float scale;
  private final ShapesBatches batches;
  private final SceneAttributes questions;

  ClipObjective(PhaseContext context) {
    this.recipe = context.recipe();
    this.scale = (float) context.own().number("logit-scale", 0, 100);
    this.batches = new ShapesBatches(context);
    this.questions = new SceneAttributes(batches.world());
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Ops tf = graph.tf();
    int size = recipe.integer("sizes.picture", 1);
    Component text =
        graph.trained(
            "text_encoder", ClipTextModel.projected(Config.of(ShapesUnclip.textEncoder(recipe))));
    Component image =
        graph.trained(
            "image_encoder",
            ClipVisionModel.projected(Config.of(ShapesUnclip.imageEncoder(recipe))));
    Component probe =
        graph.trained("probe", new SceneProbe(ShapesUnclip.embedding(recipe), questions.size()));
    Operand<TFloat32> texts =
        normalized(
            tf,
            graph
                .build(
                    text, Map.of("input_ids", graph.longs("tokens", ShapesVocabulary.MAX_LENGTH)))
                .get("text_embeds"));
    Operand<TFloat32> images =
        normalized(
            tf,
            graph
                .build(image, Map.of("pixel_values", graph.floats("pictures", 3, size, size)))
                .get("image_embeds"));
    Operand<TFloat32> logits =
        tf.math.mul(tf.linalg.matMul(texts, images, MatMul.transposeB(true)), tf.constant(scale));
    Operand<TFloat32> own = graph.floats("own", batches.size());
    Operand<TFloat32> transposed = tf.linalg.transpose(logits, tf.constant(new int[] {1, 0}));
    Operand<TFloat32> contrastive =
        tf.math.add(CrossEntropy.of(graph, logits, own), CrossEntropy.of(graph, transposed, own));
    Operand<TFloat32> attributes = attributes(graph, probe, texts, images);
    Operand<TFloat32> loss = tf.math.mul(tf.math.add(contrastive, attributes), tf.constant(0.5f));
    return List.of(new Player("clip", loss, List.of(text, image, probe)));
  }

  /** The cross-entropy of the probe's answers, those to all questions and of both towers added. */
  private Operand<TFloat32> attributes(
      TrainingGraph graph, Component probe, Operand<TFloat32> texts, Operand<TFloat32> images) {
    Ops tf = graph.tf();
    Operand<TFloat32> right = graph.floats("attributes", questions.size());
    List<Operand<TFloat32>> losses = new ArrayList<>();
    for (Operand<TFloat32> embeds : List.of(texts, images)) {
      // Unit variance per dimension, as the probe's first weights expect.
      Operand<TFloat32> scaled =
          tf.math.mul(embeds, tf.constant((float) Math.sqrt(ShapesUnclip.embedding(recipe))));
      Operand<TFloat32> logits = graph.build(probe, Map.of("embeds", scaled)).get("logits");
      int at = 0;
      for (int choices : questions.choices()) {
        losses.add(
            CrossEntropy.of(
                graph, columns(tf, logits, at, choices), columns(tf, right, at, choices)));
        at += choices;
      }
    }
    return tf.math.addN(losses);
  }

  private static Operand<TFloat32> columns(Ops tf, Operand<TFloat32> x, int first, int count) {
    return tf.slice(x, tf.constant(new int[] {0, first}), tf.constant(new int[] {-1, count}));
  }

  private static Operand<TFloat32> normalized(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> squares = tf.reduceSum(tf.math.square(x), tf.constant(1));
    return tf.math.mul(
        x, reshape(tf, tf.math.rsqrt(tf.math.add(squares, tf.constant(1e-8f))), -1, 1));
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    SceneSampler.Example[] examples = batches.examplesWithNearMisses(number);
    int rows = examples.length;
    float[] own = new float[rows * rows];
    float[] attributes = new float[rows * questions.size()];
    for (int i = 0; i < rows; i++) {
      own[i * rows + i] = 1;
      questions.write(examples[i].scene(), attributes, i * questions.size());
    }
    return Map.of(
        "tokens",
        batches.tokens(examples, ShapesBatches.none(rows)),
        "pictures",
        ShapesBatches.pictures(examples),
        "own",
        new HostTensor.Floats(own, rows, rows),
        "attributes",
        new HostTensor.Floats(attributes, rows, questions.size()));
  }
}
