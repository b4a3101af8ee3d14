package dev.sluice.networks.layer;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.reshape;

import dev.sluice.catalog.loading.Precision;
import dev.sluice.catalog.loading.Processor;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/** Scaled dot-product attention (Vaswani et al. 2017, eq. 1) over several heads. */
public final class Attention {

  /**
   * Scores held at once for one row of the batch, in bytes of float32. Heads, and queries of one
   * head, are taken in blocks below this: that stays in the processor's cache, and the 32 rows of a
   * full call together at 128 MB.
   */
  private static final long SCORE_BYTES_PER_ROW = 4L << 20;

  /** Values of float32 in a vector of AVX-512. */
  private static final int VECTOR = 16;

  /**
   * Whether softmax takes scores in half precision and computes in float32 all the same. oneDNN's
   * does; TensorFlow's own adds up in half precision.
   */
  private static final boolean NARROW_SOFTMAX =
      Processor.multipliesBfloat16() && !"0".equals(System.getenv("TF_ENABLE_ONEDNN_OPTS"));

  private Attention() {}

  /**
   * {@link #attend(Scope, Operand, Operand, Operand, int, double, Operand)}, scaled by {@code
   * 1/sqrt(d)}.
   */
  public static Operand<TFloat32> attend(
      Scope scope,
      Operand<TFloat32> query,
      Operand<TFloat32> key,
      Operand<TFloat32> value,
      int heads,
      Operand<TFloat32> bias) {
    int headSize = channels(query) / heads;
    return attend(scope, query, key, value, heads, 1 / Math.sqrt(headSize), bias);
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
      Scope scope,
      Operand<TFloat32> query,
      Operand<TFloat32> key,
      Operand<TFloat32> value,
      int heads,
      double scale,
      Operand<TFloat32> bias) {
    Ops tf = scope.tf();
    Precision precision = scope.precision();
    Operand<TFloat32> scaled = scale == 1 ? query : tf.math.mul(query, tf.constant((float) scale));
    return Factors.widen(
        tf,
        attendNarrow(
            tf,
            Factors.narrow(tf, precision, scaled),
            Factors.narrow(tf, precision, key),
            Factors.narrow(tf, precision, value),
            heads,
            bias));
  }

  /** In the precision of the products. */
  @SuppressWarnings("unchecked")
  private static <T extends TFloating> Operand<T> attendNarrow(
      Ops tf,
      Operand<T> query,
      Operand<? extends TFloating> key,
      Operand<? extends TFloating> value,
      int heads,
      Operand<TFloat32> bias) {
    int queries = extent(query, 1);
    Operand<T> q = splitHeads(tf, query, heads);
    Operand<T> k = splitHeads(tf, (Operand<T>) key, heads);
    Operand<T> v = splitHeads(tf, (Operand<T>) value, heads);
    Operand<T> mixed = attendInBlocks(tf, q, k, v, bias);
    Operand<T> merged = tf.linalg.transpose(mixed, tf.constant(new int[] {0, 2, 1, 3}));
    return reshape(tf, merged, -1, queries, channels(value));
  }

  private static <T extends TFloating> Operand<T> attendOnce(
      Ops tf, Operand<T> q, Operand<T> k, Operand<T> v, Operand<TFloat32> bias) {
    Operand<T> products = product(tf, q, k, false, true);
    if (bias == null && NARROW_SOFTMAX) {
      return weighted(tf, tf.nn.softmax(products), v);
    }
    Operand<TFloat32> scores = Factors.widen(tf, products);
    if (bias != null) {
      scores = tf.math.add(scores, bias);
    }
    return weighted(tf, Factors.as(tf, tf.nn.softmax(scores), q.type()), v);
  }

  /**
   * The values, weighted. A product whose columns do not fill vectors (heads of 40 channels) takes
   * nearly twice as long as the transposed one, whose rows they are.
   */
  private static <T extends TType> Operand<T> weighted(Ops tf, Operand<T> weights, Operand<T> v) {
    if (channels(v) % VECTOR == 0) {
      return product(tf, weights, v, false, false);
    }
    return tf.linalg.transpose(
        product(tf, v, weights, true, true), tf.constant(new int[] {0, 1, 3, 2}));
  }

  /**
   * The product of the matrices in the last two dimensions. The typed operations have its third
   * version, of mixed types, which oneDNN does not take over; the second it does.
   */
  private static <T extends TType> Operand<T> product(
      Ops tf, Operand<T> x, Operand<T> y, boolean transposeX, boolean transposeY) {
    return tf.scope()
        .opBuilder("BatchMatMulV2", "BatchMatMul")
        .addInput(x.asOutput())
        .addInput(y.asOutput())
        .setAttr("adj_x", transposeX)
        .setAttr("adj_y", transposeY)
        .build()
        .output(0);
  }

  /**
   * One block after the other: a control edge keeps the executor from running two. Heads come
   * first, as each block brings its keys and values into another order.
   */
  private static <T extends TFloating> Operand<T> attendInBlocks(
      Ops tf, Operand<T> q, Operand<T> k, Operand<T> v, Operand<TFloat32> bias) {
    int heads = extent(q, 1);
    int queries = extent(q, 2);
    long bytes = 4L * extent(k, 2);
    int group = (int) Math.max(1, Math.min(heads, SCORE_BYTES_PER_ROW / (bytes * queries)));
    int chunk = (int) Math.max(1, Math.min(queries, SCORE_BYTES_PER_ROW / (bytes * group)));
    List<Operand<T>> ofHeads = new ArrayList<>();
    Operand<T> latest = null;
    for (int head = 0; head < heads; head += group) {
      Ops after = after(tf, latest);
      int count = Math.min(group, heads - head);
      Operand<T> headQ = part(after, q, 1, head, count);
      Operand<T> headK = part(after, k, 1, head, count);
      Operand<T> headV = part(after, v, 1, head, count);
      Operand<TFloat32> headBias = part(after, bias, 1, head, count);
      List<Operand<T>> ofQueries = new ArrayList<>();
      for (int start = 0; start < queries; start += chunk) {
        after = after(tf, latest);
        int size = Math.min(chunk, queries - start);
        latest =
            attendOnce(
                after,
                part(after, headQ, 2, start, size),
                headK,
                headV,
                part(after, headBias, 2, start, size));
        ofQueries.add(latest);
      }
      ofHeads.add(joined(tf, 2, ofQueries));
    }
    return joined(tf, 1, ofHeads);
  }

  private static Ops after(Ops tf, Operand<?> latest) {
    return latest == null ? tf : tf.withControlDependencies(List.of(latest));
  }

  private static <T extends TType> Operand<T> joined(Ops tf, int axis, List<Operand<T>> parts) {
    return parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(axis));
  }

  /** A part of an axis; of null, of all, and of an axis that is broadcast, the whole. */
  private static <T extends TType> Operand<T> part(
      Ops tf, Operand<T> x, int axis, int start, int size) {
    if (x == null || extent(x, axis) == size || extent(x, axis) == 1) {
      return x;
    }
    int[] begin = new int[4];
    begin[axis] = start;
    int[] extents = {-1, -1, -1, -1};
    extents[axis] = size;
    return tf.slice(x, tf.constant(begin), tf.constant(extents));
  }

  private static <T extends TType> Operand<T> splitHeads(Ops tf, Operand<T> x, int heads) {
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
