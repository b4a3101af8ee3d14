package dev.sluice.networks.layer;

import static dev.sluice.networks.layer.Layers.reshape;

import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * A map worked off in bands of rows, whose results are written into one map in place, so that no
 * more than a band is laid out at a time. The rows of all pictures are one long map.
 *
 * @param tf of the graph
 * @param batch how many pictures there are
 * @param map {@code [pictures (height + around), ...]}
 * @param height rows of results of each picture
 * @param around rows that a result takes besides its own, those after it
 * @param bandRows rows of results of each picture in a band
 */
record Bands<T extends TFloating>(
    Ops tf, Operand<TInt32> batch, Operand<T> map, int height, int around, int bandRows) {

  /**
   * Works it off.
   *
   * @param width of the results
   * @param out their channels
   * @param band gives {@code [rows width, out]} of {@code [rows + around, ...]}
   * @return {@code [pictures, height, width, out]}
   */
  Operand<T> of(int width, int out, UnaryOperator<Operand<T>> band) {
    // Rows that would reach from one picture into the next are computed too and cut off at the end;
    // those of the last picture are not, so that a picture alone is neither filled up nor copied.
    Operand<TInt32> count = tf.math.mul(batch, tf.constant(height + around));
    Operand<TInt32> computed = tf.math.sub(count, tf.constant(around));
    Operand<TInt32> several = tf.math.minimum(tf.math.sub(batch, tf.constant(1)), tf.constant(1));
    Operand<TInt32> kept = tf.math.add(computed, tf.math.mul(several, tf.constant(around)));

    // Once the map is laid out, what it was made of may be let go.
    Operand<T> all =
        tf.withControlDependencies(List.<Op>of(map))
            .empty(tf.stack(List.of(kept, tf.constant(width * out))), map.type());
    Constants constants = new Constants(tf);
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> more = tf.constant(around);
    for (int y = 0; y < height; y += bandRows) {
      Operand<TInt32> from = tf.math.mul(batch, tf.constant(y));
      Operand<TInt32> to =
          y + bandRows < height ? tf.math.mul(batch, tf.constant(y + bandRows)) : computed;
      // One band after the other: else all of them would be laid out before the first product.
      Ops after = tf.withControlDependencies(List.<Op>of(all));
      Operand<T> part = rows(after, constants, from, tf.math.add(tf.math.sub(to, from), more));
      Operand<T> sums = tf.reshape(band.apply(part), constants.of(-1, width * out));
      all = tf.inplaceUpdate(all, tf.range(from, to, one), sums);
    }
    Operand<TInt32> shape =
        tf.concat(
            List.of(reshape(tf, batch, 1), tf.constant(new int[] {-1, width, out})),
            tf.constant(0));
    return tf.slice(
        tf.reshape(all, shape),
        tf.constant(new int[] {0, 0, 0, 0}),
        tf.constant(new int[] {-1, height, width, out}));
  }

  /** So many of the map's rows, all else of them. */
  private Operand<T> rows(
      Ops after, Constants constants, Operand<TInt32> from, Operand<TInt32> count) {
    int[] shape = new int[map.shape().numDimensions()];
    int[] onlyFirst = new int[shape.length];
    int[] rest = new int[shape.length];
    for (int i = 1; i < shape.length; i++) {
      shape[i] = (int) map.shape().get(i);
      rest[i] = shape[i];
    }
    shape[0] = -1;
    onlyFirst[0] = 1;
    Operand<TInt32> begin = tf.math.mul(from, constants.of(onlyFirst));
    Operand<TInt32> size =
        tf.math.add(tf.math.mul(count, constants.of(onlyFirst)), constants.of(rest));
    return tf.reshape(after.slice(map, begin, size), constants.of(shape));
  }
}
