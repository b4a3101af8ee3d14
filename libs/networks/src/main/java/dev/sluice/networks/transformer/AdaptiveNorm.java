package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.chunk;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.normalizeRows;

import dev.sluice.networks.layer.Scope;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Layer norms whose scale and shift, and gates of what follows them, come from a conditioning
 * vector: adaLN-Zero (Peebles and Xie 2023, section 3.2).
 */
final class AdaptiveNorm {

  private static final double EPSILON = 1e-6;

  private AdaptiveNorm() {}

  /**
   * {@code parts} vectors {@code [batch, width]} from a conditioning vector that its activation has
   * been applied to.
   */
  static List<Operand<TFloat32>> modulation(
      Scope scope, Operand<TFloat32> activated, int parts, int width) {
    return chunk(scope.tf(), linear(scope.fromZero(), activated, parts * width), parts);
  }

  /** {@link #modulate} after a layer norm without weights of its own. */
  static Operand<TFloat32> apply(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> scale, Operand<TFloat32> shift) {
    return modulate(tf, normalizeRows(tf, x, EPSILON), scale, shift);
  }

  /** {@code x (1 + scale) + shift}, each {@code [batch, width]}, the same for every token. */
  static Operand<TFloat32> modulate(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> scale, Operand<TFloat32> shift) {
    Operand<TFloat32> factor = tf.math.add(tf.constant(1f), perToken(tf, scale));
    return tf.math.add(tf.math.mul(x, factor), perToken(tf, shift));
  }

  /** {@code x + gate * change}. */
  static Operand<TFloat32> addGated(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> gate, Operand<TFloat32> change) {
    return tf.math.add(x, tf.math.mul(perToken(tf, gate), change));
  }

  private static Operand<TFloat32> perToken(Ops tf, Operand<TFloat32> vector) {
    return reshape(tf, vector, -1, 1, channels(vector));
  }
}
