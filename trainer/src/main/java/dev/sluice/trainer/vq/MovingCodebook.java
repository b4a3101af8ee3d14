package dev.sluice.trainer.vq;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Layers.toChannelsLast;

import dev.sluice.networks.autoencoder.VqVae2Model;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.TrainingGraph;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * A codebook that no gradient moves: each entry is the exponentially moving average of the
 * encodings that it is the nearest to (van den Oord et al. 2017, appendix A.1; Razavi et al. 2019,
 * eq. 3).
 *
 * <p>An entry that hardly anything is near to begins anew as one of the batch's encodings (Dhariwal
 * et al. 2020, section 3.1, "random restarts"). So do all at the first batch, when none was used
 * yet: a codebook begins among the encodings, wherever those are.
 *
 * @param decay of the averages
 * @param dead the share of the mean use below which an entry is replaced
 */
record MovingCodebook(double decay, double dead) {

  /** Uses, of an entry that was replaced, in uses that keep one: it has some batches to prove. */
  private static final float REPLACED = 2;

  /** Keeps a quotient of two numbers finite where it is not taken. */
  private static final float LEAST = 1e-6f;

  /** Reads {@code decay} and {@code dead}. */
  static MovingCodebook of(Recipe own) {
    return new MovingCodebook(own.number("decay", 0, 1), own.number("dead", 0, 1));
  }

  /**
   * Has a level's codebook move with every batch, and measures how much of it is in use: e to the
   * entropy of the batch's codes.
   *
   * @param encoded what the network said of the level
   */
  void move(
      TrainingGraph graph,
      Component network,
      String level,
      Map<String, Operand<TFloat32>> encoded) {
    Ops tf = graph.tf();
    Variable<TFloat32> codebook = graph.weight(network, VqVae2Model.codebook(level));
    int entries = extent(codebook, 0);
    int size = extent(codebook, 1);
    Operand<TFloat32> all = encoded.get(level + "_encoded");
    int perPicture = extent(all, 2) * extent(all, 3);
    Operand<TFloat32> rows = reshape(tf, toChannelsLast(tf, all), -1, size);
    Operand<TInt64> codes =
        tf.dtypes.cast(reshape(tf, encoded.get(level + "_codes"), -1), TInt64.class);
    Operand<TFloat32> uses =
        tf.math.unsortedSegmentSum(
            tf.concat(
                List.of(
                    tf.fill(tf.constant(new int[] {graph.rows() * perPicture, 1}), tf.constant(1f)),
                    rows),
                tf.constant(1)),
            codes,
            tf.constant(entries));
    measureUse(graph, level, uses, graph.rows() * perPicture);
    // One more for each entry that might be replaced.
    Operand<TFloat32> fresh = drawn(graph, rows, entries);
    Variable<TFloat32> state =
        graph.state(level + "_uses", new float[entries * (1 + size)], entries, 1 + size);
    double batch = (double) graph.allRows() * perPicture;
    graph.afterBatch(
        level + "_uses",
        uses,
        (after, sum) ->
            moved(after, sum, fresh, state, codebook, (float) (dead * batch / entries)));
  }

  private Op moved(
      Ops tf,
      Operand<TFloat32> sum,
      Operand<TFloat32> fresh,
      Variable<TFloat32> state,
      Variable<TFloat32> codebook,
      float least) {
    Operand<TFloat32> moved =
        tf.math.add(
            tf.math.mul(state, tf.constant((float) decay)),
            tf.math.mul(sum, tf.constant((float) (1 - decay))));
    Operand<TFloat32> uses = part(tf, moved, 0, 1);
    Operand<TFloat32> mean =
        tf.math.div(part(tf, moved, 1, channels(fresh)), tf.math.maximum(uses, tf.constant(LEAST)));
    Operand<TBool> unused = tf.math.less(uses, tf.constant(least));
    Operand<TFloat32> begun =
        tf.math.mul(
            tf.concat(List.of(tf.onesLike(uses), fresh), tf.constant(1)),
            tf.constant(REPLACED * least));
    return tf.withControlDependencies(
            List.of(
                tf.assign(codebook, tf.select(unused, fresh, mean)),
                tf.assign(state, tf.select(unused, begun, moved))))
        .noOp();
  }

  private static Operand<TFloat32> part(Ops tf, Operand<TFloat32> x, int from, int size) {
    return tf.slice(x, tf.constant(new int[] {0, from}), tf.constant(new int[] {-1, size}));
  }

  /** As many of the rows as there are entries, drawn at random. */
  private static Operand<TFloat32> drawn(TrainingGraph graph, Operand<TFloat32> rows, int entries) {
    Ops tf = graph.tf();
    int each = (entries - 1) / graph.rows() + 1;
    Operand<TFloat32> places =
        tf.math.mul(graph.uniform(each), tf.constant((float) extent(rows, 0)));
    Operand<TInt64> chosen =
        tf.slice(
            reshape(tf, tf.dtypes.cast(places, TInt64.class), -1),
            tf.constant(new int[] {0}),
            tf.constant(new int[] {entries}));
    return tf.stopGradient(tf.gather(rows, chosen, tf.constant(0)));
  }

  private static void measureUse(
      TrainingGraph graph, String level, Operand<TFloat32> uses, int codes) {
    Ops tf = graph.tf();
    Operand<TFloat32> shares = tf.math.div(part(tf, uses, 0, 1), tf.constant((float) codes));
    Operand<TFloat32> entropy =
        tf.math.neg(tf.reduceSum(tf.math.xlogy(shares, shares), tf.constant(new int[] {0, 1})));
    graph.measure(level + "_perplexity", tf.math.exp(entropy));
  }
}
