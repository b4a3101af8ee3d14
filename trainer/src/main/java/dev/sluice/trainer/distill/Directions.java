package dev.sluice.trainer.distill;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Texts by the direction that a scene is looked at from: DreamFusion, section 3.2 ("view-dependent
 * text embeddings"). From above 60 degrees the text of that view counts; below it front, side and
 * back are mixed by the azimuth.
 */
final class Directions {

  private static final double ABOVE = Math.toRadians(60);

  private final List<Direction> known;
  private final List<String> texts;

  /**
   * @param texts those that are told apart; that of the front stands for others that are not
   */
  Directions(Map<Direction, String> texts) {
    this.known = new ArrayList<>();
    this.texts = new ArrayList<>();
    for (Direction direction : Direction.values()) {
      if (texts.containsKey(direction)) {
        known.add(direction);
        this.texts.add(texts.get(direction));
      }
    }
  }

  /** The texts, in an order of their own. */
  List<String> texts() {
    return texts;
  }

  /**
   * How much each text counts, {@code [rows, texts]}; a row's sum is 1.
   *
   * @param azimuth {@code [rows]} in radians
   * @param elevation as {@code azimuth}
   */
  Operand<TFloat32> shares(Ops tf, Operand<TFloat32> azimuth, Operand<TFloat32> elevation) {
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> cosine = tf.math.cos(azimuth);
    Operand<TFloat32> ahead =
        known.contains(Direction.SIDE) ? tf.math.square(cosine) : tf.onesLike(cosine);
    Operand<TFloat32> before = truth(tf, tf.math.greaterEqual(cosine, tf.constant(0f)));
    Operand<TFloat32> above =
        known.contains(Direction.ABOVE)
            ? truth(tf, tf.math.greater(elevation, tf.constant((float) ABOVE)))
            : tf.zerosLike(elevation);
    Operand<TFloat32> below = tf.math.sub(one, above);
    Operand<TFloat32> back =
        known.contains(Direction.BACK)
            ? tf.math.mul(below, tf.math.mul(ahead, tf.math.sub(one, before)))
            : tf.zerosLike(below);
    Operand<TFloat32> side = tf.math.mul(below, tf.math.sub(one, ahead));
    Operand<TFloat32> front = tf.math.sub(tf.math.sub(below, side), back);
    List<Operand<TFloat32>> columns = new ArrayList<>();
    for (Direction direction : known) {
      Operand<TFloat32> share =
          switch (direction) {
            case FRONT -> front;
            case SIDE -> side;
            case BACK -> back;
            case ABOVE -> above;
          };
      columns.add(tf.expandDims(share, tf.constant(1)));
    }
    return columns.size() == 1 ? columns.get(0) : tf.concat(columns, tf.constant(1));
  }

  private static Operand<TFloat32> truth(Ops tf, Operand<TBool> truth) {
    return tf.dtypes.cast(truth, TFloat32.class);
  }
}
