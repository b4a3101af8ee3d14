package dev.sluice.trainer.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * The parts of a batch that a graph is built for one after the other. What is fed and what is drawn
 * is made with the first one, for all rows, and cut; the others take their parts.
 */
final class Shards {

  private static final long APART = 0x9E3779B97F4A7C15L;

  private final Ops tf;
  private final int allRows;
  private final int count;
  private final Map<String, Placeholder<? extends TType>> feeds = new LinkedHashMap<>();
  private final Map<String, List<? extends Operand<? extends TType>>> parts = new LinkedHashMap<>();
  private final Placeholder<TInt64> draw;
  private int current;
  private int draws;

  /**
   * @param allRows of a batch; a multiple of {@code count}
   */
  Shards(Ops tf, int allRows, int count) {
    this.tf = tf;
    this.allRows = allRows;
    this.count = count;
    this.draw = tf.placeholder(TInt64.class, Placeholder.shape(Shape.of(2)));
  }

  int count() {
    return count;
  }

  /** Rows of each. */
  int rows() {
    return allRows / count;
  }

  /** From now on the graph of that one is built. */
  void begin(int shard) {
    current = shard;
    draws = 0;
  }

  boolean isFirst() {
    return current == 0;
  }

  Map<String, Placeholder<? extends TType>> feeds() {
    return feeds;
  }

  /** What is drawn depends on these two numbers. */
  Placeholder<TInt64> draw() {
    return draw;
  }

  @SuppressWarnings("unchecked")
  <T extends TType> Operand<T> input(String name, Class<T> type, long... shape) {
    if (isFirst()) {
      Placeholder<T> feed =
          tf.placeholder(type, Placeholder.shape(Shape.of(allRows).append(Shape.of(shape))));
      if (feeds.putIfAbsent(name, feed) != null) {
        throw new IllegalArgumentException("there is an input " + name + " already");
      }
      parts.put(name, cut(feed));
    }
    return (Operand<T>) parts.get(name).get(current);
  }

  Operand<TFloat32> normal(long... shape) {
    return drawn(seed -> tf.random.statelessRandomNormal(all(shape), seed));
  }

  Operand<TFloat32> uniform(long... shape) {
    return drawn(seed -> tf.random.statelessRandomUniform(all(shape), seed));
  }

  Operand<TInt64> integers(long below) {
    return drawn(
        seed ->
            tf.random.statelessRandomUniformInt(all(), seed, tf.constant(0L), tf.constant(below)));
  }

  private Operand<TInt64> all(long... shape) {
    return tf.constant(Shape.of(allRows).append(Shape.of(shape)).asArray());
  }

  private <T extends TType> List<? extends Operand<T>> cut(Operand<T> all) {
    return count == 1 ? List.of(all) : tf.split(tf.constant(0), all, (long) count).output();
  }

  /** The n-th draw of every shard is one draw of all rows. */
  @SuppressWarnings("unchecked")
  private <T extends TType> Operand<T> drawn(Function<Operand<TInt64>, Operand<T>> drawing) {
    String name = "draw " + draws++;
    if (isFirst()) {
      Operand<TInt64> seed = tf.math.add(draw, tf.constant(new long[] {draws * APART, 0}));
      parts.put(name, cut(drawing.apply(seed)));
    }
    return (Operand<T>) parts.get(name).get(current);
  }
}
