package dev.sluice.networks.block;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.reshape;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What feature maps attend to besides themselves.
 *
 * @param states {@code [batch, tokens, width]}
 * @param bias added to the scores of each token, {@code [batch, 1, 1, tokens]}; null for none
 */
public record CrossContext(Operand<TFloat32> states, Operand<TFloat32> bias) {

  /** The score of a token that a mask drops, as diffusers has it. */
  private static final float DROPPED = -10000f;

  /** Scores to add for a mask {@code [batch, keys]} of 1 for keep and 0 for drop. */
  public static Operand<TFloat32> bias(Ops tf, Operand<TFloat32> mask) {
    Operand<TFloat32> dropped = tf.math.sub(tf.constant(1f), mask);
    return reshape(tf, tf.math.mul(dropped, tf.constant(DROPPED)), -1, 1, 1, extent(mask, 1));
  }

  /** The number of tokens. */
  public int tokens() {
    return extent(states, 1);
  }

  /** The width of a token. */
  public int width() {
    return channels(states);
  }
}
