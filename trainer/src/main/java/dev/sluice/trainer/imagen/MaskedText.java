package dev.sluice.trainer.imagen;

import dev.sluice.catalog.Config;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Layers;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.T5EncoderModel;
import dev.sluice.trainer.captioned.IfFiles;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.SceneSampler;
import dev.sluice.trainer.shapes.ShapesBatches;
import dev.sluice.trainer.shapes.ShapesPieces;
import dev.sluice.trainer.system.PhaseContext;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.CrossEntropy;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * What a text encoder learns from text alone: the words that were hidden, from those around them,
 * through a linear head that is thrown away. T5 (Raffel et al. 2020, section 3.1.4) hides spans and
 * lets a decoder write them; an encoder alone says a word at each place, as BERT's (Devlin et al.
 * 2019, section 3.1).
 *
 * <p>Within one of our captions hardly a word follows from the others: colors and shapes are drawn
 * independently. A part of the texts therefore tells the same scene twice, in different words, as
 * texts about one thing do; then what is hidden here can be read there, once it is known which
 * color goes with which shape. That is what a picture of two objects needs of the states.
 */
final class MaskedText implements Objective {

  static final String TEXT = "text";

  private final Recipe recipe;
  private final Recipe own;
  private final int length;
  private final int words;
  private final ShapesBatches batches;
  private final ShapesPieces pieces;

  MaskedText(PhaseContext context) {
    this.recipe = context.recipe();
    this.own = context.own();
    this.length = own.integer("tokens", 2);
    this.batches = new ShapesBatches(context);
    this.words = ShapesPieces.size(batches.world());
    this.pieces = new ShapesPieces(context.model().resolve(IfFiles.TOKENIZER));
  }

  @Override
  public List<Player> build(TrainingGraph graph) {
    Ops tf = graph.tf();
    T5EncoderModel encoder = new T5EncoderModel(Config.of(IfFiles.textEncoder(recipe)));
    int width = encoder.config().width();
    Component text = graph.trained(IfFiles.TEXT_ENCODER, encoder);
    Component head = graph.free("head", FirstValue.FAN_IN, words, width);
    Operand<TFloat32> states =
        graph
            .build(
                text,
                Map.of(
                    "input_ids", graph.longs("shown", length),
                    "attention_mask", graph.longs("mask", length)))
            .get("last_hidden_state");
    Operand<TFloat32> logits =
        tf.linalg.matMul(
            Layers.reshape(tf, states, -1, width), graph.values(head), MatMul.transposeB(true));
    Operand<TInt64> right = tf.reshape(graph.longs("right", length), tf.constant(new int[] {-1}));
    Operand<TFloat32> asked =
        tf.reshape(graph.floats("asked", length), tf.constant(new int[] {-1, 1}));
    Operand<TFloat32> targets =
        tf.oneHot(right, tf.constant(words), tf.constant(1f), tf.constant(0f));
    graph.measure(
        "right",
        tf.math.div(graph.mean(tf.math.mul(found(tf, logits, right), asked)), graph.mean(asked)));
    // The mean over all places, of which only those that are asked for count.
    Operand<TFloat32> loss =
        tf.math.div(CrossEntropy.of(graph, logits, tf.math.mul(targets, asked)), graph.mean(asked));
    return List.of(new Player(TEXT, loss, List.of(text, head)));
  }

  /** 1 where the likeliest word is the right one, {@code [places, 1]}. */
  private static Operand<TFloat32> found(Ops tf, Operand<TFloat32> logits, Operand<TInt64> right) {
    return Layers.reshape(
        tf,
        tf.dtypes.cast(
            tf.math.equal(tf.math.argMax(logits, tf.constant(1)), right), TFloat32.class),
        -1,
        1);
  }

  @Override
  public Map<String, HostTensor> batch(long number) {
    SceneSampler.Example[] examples = batches.examples(number);
    SplittableRandom random = batches.random(number);
    ShapesPieces.Tokens tokens = pieces.tokens(texts(examples, random), length);
    long[] right = tokens.ids().values();
    long[] shown = right.clone();
    float[] asked = new float[right.length];
    double hidden = own.number("hidden", 0, 1);
    for (int row = 0; row < examples.length; row++) {
      int some = 0;
      for (int i = row * length; i < (row + 1) * length; i++) {
        if (right[i] >= ShapesPieces.FIRST && random.nextDouble() < hidden) {
          asked[i] = 1;
          shown[i] = stand(right[i], random);
          some++;
        }
      }
      if (some == 0) {
        // Every row asks for something, so that no mean is of nothing.
        asked[row * length] = 1;
        shown[row * length] = ShapesPieces.UNKNOWN;
      }
    }
    Map<String, HostTensor> batch = new LinkedHashMap<>();
    batch.put("shown", new HostTensor.Longs(shown, tokens.ids().shape()));
    batch.put("mask", tokens.mask());
    batch.put("right", tokens.ids());
    batch.put("asked", new HostTensor.Floats(asked, tokens.ids().shape()));
    return batch;
  }

  private String[] texts(SceneSampler.Example[] examples, SplittableRandom random) {
    double twice = own.number("told-twice", 0, 1);
    String[] texts = new String[examples.length];
    for (int row = 0; row < texts.length; row++) {
      texts[row] = examples[row].caption();
      if (random.nextDouble() < twice) {
        texts[row] += " , " + batches.world().caption(examples[row].scene(), random);
      }
    }
    return texts;
  }

  /** BERT's shares: mostly nothing, at times another word or the word itself. */
  private long stand(long right, SplittableRandom random) {
    return switch (random.nextInt(10)) {
      case 0 -> right;
      case 1 -> random.nextInt(ShapesPieces.FIRST, words);
      default -> ShapesPieces.UNKNOWN;
    };
  }

  @Override
  public void close() {
    pieces.close();
  }
}
