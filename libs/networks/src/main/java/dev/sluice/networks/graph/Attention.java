package dev.sluice.networks.graph;

import static dev.sluice.networks.graph.Layers.channels;
import static dev.sluice.networks.graph.Layers.concat;
import static dev.sluice.networks.graph.Layers.extent;
import static dev.sluice.networks.graph.Layers.reshape;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;

/** Scaled dot-product attention (Vaswani et al. 2017, eq. 1) over several heads. */
public final class Attention {

  /**
   * Scores held at once for one row of the batch, in bytes. Queries are taken in chunks below this,
   * so that the 32 rows of a full call together stay at 256 MB.
   */
  private static final long SCORE_BYTES_PER_ROW = 8L << 20;

  private Attention() {}

  /**
   * {@link #attend(Ops, Operand, Operand, Operand, int, double, Operand)}, scaled by {@code
   * 1/sqrt(d)}.
   */
  public static Operand<TFloat32> attend(
      Ops tf,
      Operand<TFloat32> query,
      Operand<TFloat32> key,
      Operand<TFloat32> value,
      int heads,
      Operand<TFloat32> bias) {
    int headSize = channels(query) / heads;
    return attend(tf, query, key, value, heads, 1 / Math.sqrt(headSize), bias);
  }

  /**
   * @param query {@code [batch, queries, heads * d]}
   * @param key {@code [batch, keys, heads * d]}
   * @param value {@code [batch, keys, heads * d]}
   * @param scale of the scores, before {@code bias}
   * @param bias added to the scores, broadcast against {@code [batch, heads, queries, keys]}; null
   *     for none
   * @return {@code [batch, queries, heads * d]}
   */
  public static Operand<TFloat32> attend(
      Ops tf,
      Operand<TFloat32> query,
      Operand<TFloat32> key,
      Operand<TFloat32> value,
      int heads,
      double scale,
      Operand<TFloat32> bias) {
    int queries = extent(query, 1);
    int keys = extent(key, 1);
    Operand<TFloat32> q = splitHeads(tf, query, heads);
    Operand<TFloat32> k = splitHeads(tf, key, heads);
    Operand<TFloat32> v = splitHeads(tf, value, heads);
    if (scale != 1) {
      q = tf.math.mul(q, tf.constant((float) scale));
    }
    int chunk = (int) Math.max(1, SCORE_BYTES_PER_ROW / (4L * heads * keys));
    Operand<TFloat32> mixed =
        queries <= chunk ? attendOnce(tf, q, k, v, bias) : attendChunked(tf, q, k, v, bias, chunk);
    Operand<TFloat32> merged = tf.linalg.transpose(mixed, tf.constant(new int[] {0, 2, 1, 3}));
    return reshape(tf, merged, -1, queries, channels(value));
  }

  private static Operand<TFloat32> attendOnce(
      Ops tf,
      Operand<TFloat32> q,
      Operand<TFloat32> k,
      Operand<TFloat32> v,
      Operand<TFloat32> bias) {
    Operand<TFloat32> scores = tf.train.batchMatMul(q, k, TFloat32.class, BatchMatMul.adjY(true));
    if (bias != null) {
      scores = tf.math.add(scores, bias);
    }
    return tf.train.batchMatMul(tf.nn.softmax(scores), v, TFloat32.class);
  }

  /** One chunk of queries after the other: a control edge keeps the executor from running two. */
  private static Operand<TFloat32> attendChunked(
      Ops tf,
      Operand<TFloat32> q,
      Operand<TFloat32> k,
      Operand<TFloat32> v,
      Operand<TFloat32> bias,
      int chunk) {
    int queries = extent(q, 2);
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (int start = 0; start < queries; start += chunk) {
      int size = Math.min(chunk, queries - start);
      Ops after =
          parts.isEmpty() ? tf : tf.withControlDependencies(List.of(parts.get(parts.size() - 1)));
      parts.add(
          attendOnce(after, rows(after, q, start, size), k, v, biasRows(after, bias, start, size)));
    }
    return concat(tf, 2, parts);
  }

  private static Operand<TFloat32> biasRows(Ops tf, Operand<TFloat32> bias, int start, int size) {
    return bias == null || extent(bias, 2) == 1 ? bias : rows(tf, bias, start, size);
  }

  private static Operand<TFloat32> rows(Ops tf, Operand<TFloat32> x, int start, int size) {
    return tf.slice(
        x, tf.constant(new int[] {0, 0, start, 0}), tf.constant(new int[] {-1, -1, size, -1}));
  }

  private static Operand<TFloat32> splitHeads(Ops tf, Operand<TFloat32> x, int heads) {
    int width = channels(x);
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "attention: width " + width + " does not divide into " + heads + " heads");
    }
    return tf.linalg.transpose(
        reshape(tf, x, -1, extent(x, 1), heads, width / heads),
        tf.constant(new int[] {0, 2, 1, 3}));
  }
}
