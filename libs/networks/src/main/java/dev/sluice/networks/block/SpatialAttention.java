package dev.sluice.networks.block;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.groupNorm;

import dev.sluice.networks.layer.Attention;
import dev.sluice.networks.layer.Scope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Residual self-attention over all pixels (Ho et al. 2020, appendix B).
 *
 * @param headSize channels per head; a remainder of the channels gets no head
 * @param groups of the norm before it; 0 for no norm
 * @param epsilon of that norm
 * @param outputScale divides the sum of the input and what attention gives
 */
public record SpatialAttention(int headSize, int groups, double epsilon, double outputScale) {

  /**
   * @param x {@code [batch, height, width, channels]}
   * @return the same shape
   */
  public Operand<TFloat32> apply(Scope scope, Operand<TFloat32> x) {
    Ops tf = scope.tf();
    int height = extent(x, 1);
    int width = extent(x, 2);
    int channels = channels(x);
    int heads = channels / headSize;
    if (heads == 0) {
      throw new IllegalArgumentException(
          "%s: heads of %d channels do not fit into %d; choose a smaller attention_head_dim"
              .formatted(scope.path(), headSize, channels));
    }
    int inner = heads * headSize;
    Operand<TFloat32> normal =
        groups == 0 ? x : groupNorm(scope.in("group_norm"), x, groups, epsilon);
    Operand<TFloat32> tokens = reshape(tf, normal, -1, height * width, channels);
    Operand<TFloat32> mixed =
        Attention.attend(
            scope,
            linear(scope.in("to_q"), tokens, inner),
            linear(scope.in("to_k"), tokens, inner),
            linear(scope.in("to_v"), tokens, inner),
            heads,
            null);
    Operand<TFloat32> out = linear(scope.in("to_out.0").fromZero(), mixed, channels);
    Operand<TFloat32> sum = tf.math.add(x, reshape(tf, out, -1, height, width, channels));
    return scope.tap(outputScale == 1 ? sum : tf.math.div(sum, tf.constant((float) outputScale)));
  }
}
