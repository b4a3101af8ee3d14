package dev.sluice.networks.block;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.concat;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.groupNorm;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.networks.layer.Attention;
import dev.sluice.networks.layer.Scope;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Residual attention of the pixels over the context's tokens and themselves at once (Nichol et al.
 * 2021, section 2.3; used by unCLIP's decoder and Imagen): keys and values of the tokens come
 * first.
 *
 * @param headSize channels per head
 * @param groups of the norm before it
 * @param onlyContext whether the pixels attend to the tokens alone
 * @param contextNorm how the tokens are normalised: {@code layer_norm}, {@code group_norm} or null
 */
public record AddedKvAttention(int headSize, int groups, boolean onlyContext, String contextNorm) {

  /**
   * The norms' epsilon and, of the tokens' group norm, the groups: fixed, whatever the config says.
   */
  private static final double EPSILON = 1e-5;

  private static final int CONTEXT_GROUPS = 32;

  /**
   * @param x {@code [batch, height, width, channels]}
   * @return the same shape
   */
  public Operand<TFloat32> apply(Scope scope, Operand<TFloat32> x, CrossContext context) {
    Ops tf = scope.tf();
    int height = extent(x, 1);
    int width = extent(x, 2);
    int channels = channels(x);
    int heads = channels / headSize;
    int inner = heads * headSize;
    Operand<TFloat32> states = normalize(scope.in("norm_cross"), context.states());
    Operand<TFloat32> tokens =
        reshape(
            tf,
            groupNorm(scope.in("group_norm"), x, groups, EPSILON),
            -1,
            height * width,
            channels);

    Operand<TFloat32> query = linear(scope.in("to_q"), tokens, inner);
    Operand<TFloat32> key = linear(scope.in("add_k_proj"), states, inner);
    Operand<TFloat32> value = linear(scope.in("add_v_proj"), states, inner);
    Operand<TFloat32> bias = context.bias();
    if (bias != null && extent(bias, 3) != context.tokens()) {
      throw new IllegalArgumentException(
          "%s: an attention mask over %d tokens was given, there are %d"
              .formatted(scope.path(), extent(bias, 3), context.tokens()));
    }
    if (!onlyContext) {
      key = concat(tf, 1, List.of(key, linear(scope.in("to_k"), tokens, inner)));
      value = concat(tf, 1, List.of(value, linear(scope.in("to_v"), tokens, inner)));
      bias = bias == null ? null : allowPixels(tf, bias, height * width);
    }
    Operand<TFloat32> mixed = Attention.attend(scope, query, key, value, heads, bias);
    Operand<TFloat32> out = linear(scope.in("to_out.0").fromZero(), mixed, channels);
    return scope.tap(tf.math.add(x, reshape(tf, out, -1, height, width, channels)));
  }

  private Operand<TFloat32> normalize(Scope scope, Operand<TFloat32> states) {
    if (contextNorm == null) {
      return states;
    }
    return switch (contextNorm) {
      case "layer_norm" -> layerNorm(scope, states, EPSILON);
      case "group_norm" -> groupNorm(scope, states, CONTEXT_GROUPS, EPSILON);
      default ->
          throw new IllegalArgumentException(
              "unknown cross_attention_norm '" + contextNorm + "'; known: layer_norm, group_norm");
    };
  }

  private static Operand<TFloat32> allowPixels(Ops tf, Operand<TFloat32> bias, int pixels) {
    return tf.pad(
        bias, tf.constant(new int[][] {{0, 0}, {0, 0}, {0, 0}, {0, pixels}}), tf.constant(0f));
  }
}
