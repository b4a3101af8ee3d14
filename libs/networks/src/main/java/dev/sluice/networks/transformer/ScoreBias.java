package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.reshape;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What is added to attention scores so that some keys are not attended to. */
public final class ScoreBias {

  /** The lowest float: no score raises it. */
  static final float LOWEST = -Float.MAX_VALUE;

  private ScoreBias() {}

  /**
   * {@code lowered} for the keys after each query.
   *
   * @return {@code [1, 1, tokens, tokens]}
   */
  public static Operand<TFloat32> causal(Ops tf, int tokens, float lowered) {
    float[] bias = new float[tokens * tokens];
    for (int query = 0; query < tokens; query++) {
      for (int key = query + 1; key < tokens; key++) {
        bias[query * tokens + key] = lowered;
      }
    }
    return reshape(tf, tf.constant(bias), 1, 1, tokens, tokens);
  }

  /**
   * {@code lowered} for the keys where {@code mask [batch, keys]} is 0, nothing where it is 1.
   *
   * @return {@code [batch, 1, 1, keys]}
   */
  static Operand<TFloat32> dropping(Ops tf, Operand<TFloat32> mask, float lowered) {
    Operand<TFloat32> dropped = tf.math.sub(tf.constant(1f), mask);
    return reshape(tf, tf.math.mul(dropped, tf.constant(lowered)), -1, 1, 1, extent(mask, 1));
  }
}
