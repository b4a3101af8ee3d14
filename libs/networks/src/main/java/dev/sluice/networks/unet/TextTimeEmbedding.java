package dev.sluice.networks.unet;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.networks.layer.Attention;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Scope;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/** Imagen's pooling of a text into one vector (Saharia et al. 2022, section 2.4 and appendix B). */
final class TextTimeEmbedding {

  private static final double EPSILON = 1e-5;

  private TextTimeEmbedding() {}

  /**
   * @param states of the text encoder, {@code [batch, tokens, width]}
   * @return {@code [batch, out]}
   */
  static Operand<TFloat32> apply(Scope scope, Operand<TFloat32> states, int heads, int out) {
    Operand<TFloat32> normal = layerNorm(scope.in("norm1"), states, EPSILON);
    Operand<TFloat32> pooled = pool(scope.in("pool"), normal, heads);
    return scope.tap(layerNorm(scope.in("norm2"), linear(scope.in("proj"), pooled, out), EPSILON));
  }

  /** Attention whose only query is the tokens' mean, which is also the first key. */
  private static Operand<TFloat32> pool(Scope scope, Operand<TFloat32> tokens, int heads) {
    Ops tf = scope.tf();
    int width = channels(tokens);
    Operand<TFloat32> mean =
        tf.math.add(
            tf.math.mean(tokens, tf.constant(1), Mean.keepDims(true)),
            scope.weight("positional_embedding", FirstValue.SMALL, 1, width));
    Operand<TFloat32> keys = concat(tf, 1, List.of(mean, tokens));
    Operand<TFloat32> mixed =
        Attention.attend(
            scope,
            linear(scope.in("q_proj"), mean, width),
            linear(scope.in("k_proj"), keys, width),
            linear(scope.in("v_proj"), keys, width),
            heads,
            null);
    return scope.tap(reshape(tf, mixed, -1, width));
  }
}
