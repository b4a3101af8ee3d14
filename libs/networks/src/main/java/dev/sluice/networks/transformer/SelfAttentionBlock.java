package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.networks.block.FeedForward;
import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Scope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The priors' transformer block: norm and attention, norm and feed-forward, with diffusers' names.
 */
final class SelfAttentionBlock {

  static final double EPSILON = 1e-5;

  private SelfAttentionBlock() {}

  /**
   * @param x {@code [batch, tokens, width]}
   * @param bias added to the attention's scores; null for none
   * @return the shape of {@code x}
   */
  static Operand<TFloat32> apply(
      Scope scope, Operand<TFloat32> x, int heads, Operand<TFloat32> bias) {
    Ops tf = scope.tf();
    Operand<TFloat32> normal = layerNorm(scope.in("norm1"), x, EPSILON);
    Operand<TFloat32> h =
        tf.math.add(SelfAttention.apply(scope.in("attn1"), normal, heads, true, bias), x);
    normal = layerNorm(scope.in("norm3"), h, EPSILON);
    return scope.tap(tf.math.add(FeedForward.plain(scope.in("ff"), normal, Activation.GELU), h));
  }
}
