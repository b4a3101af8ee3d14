package dev.sluice.networks.block;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.conv2d;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.groupNorm;
import static dev.sluice.networks.layer.Norms.layerNorm;

import dev.sluice.networks.layer.Attention;
import dev.sluice.networks.layer.Scope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The spatial transformer of latent diffusion (Rombach et al. 2022, section 3.3 and appendix
 * E.2.1): self-attention of the pixels, cross-attention to the context, feed-forward, {@code
 * layers} times.
 *
 * @param heads of each attention
 * @param layers transformer blocks
 * @param groups of the norm before the first projection
 * @param linearProjection whether the projections in and out are linear layers rather than 1x1
 *     convolutions
 * @param onlyContext whether the first attention of a block also goes to the context
 */
public record SpatialTransformer(
    int heads, int layers, int groups, boolean linearProjection, boolean onlyContext) {

  /** Fixed, whatever the config says. */
  private static final double GROUP_NORM_EPSILON = 1e-6;

  private static final double LAYER_NORM_EPSILON = 1e-5;

  /**
   * @param x {@code [batch, height, width, channels]}
   * @param pixelBias added to the scores of the first attention, {@code [batch, 1, 1, keys]}; null
   *     for none
   * @return the same shape
   */
  public Operand<TFloat32> apply(
      Scope scope, Operand<TFloat32> x, CrossContext context, Operand<TFloat32> pixelBias) {
    Ops tf = scope.tf();
    int height = extent(x, 1);
    int width = extent(x, 2);
    int channels = channels(x);
    int inner = heads * (channels / heads);
    Operand<TFloat32> h = groupNorm(scope.in("norm"), x, groups, GROUP_NORM_EPSILON);
    if (linearProjection) {
      h = linear(scope.in("proj_in"), reshape(tf, h, -1, height * width, channels), inner);
    } else {
      h = reshape(tf, conv2d(scope.in("proj_in"), h, inner, 1, 1, 0), -1, height * width, inner);
    }
    for (int i = 0; i < layers; i++) {
      h = block(scope.in("transformer_blocks").in(i), h, context, pixelBias);
    }
    if (linearProjection) {
      h =
          reshape(
              tf,
              linear(scope.in("proj_out").fromZero(), h, channels),
              -1,
              height,
              width,
              channels);
    } else {
      h =
          conv2d(
              scope.in("proj_out").fromZero(),
              reshape(tf, h, -1, height, width, inner),
              channels,
              1,
              1,
              0);
    }
    return scope.tap(tf.math.add(h, x));
  }

  private Operand<TFloat32> block(
      Scope scope, Operand<TFloat32> x, CrossContext context, Operand<TFloat32> pixelBias) {
    Ops tf = scope.tf();
    Operand<TFloat32> normal = layerNorm(scope.in("norm1"), x, LAYER_NORM_EPSILON);
    Operand<TFloat32> source = onlyContext ? context.states() : normal;
    Operand<TFloat32> h = tf.math.add(attention(scope.in("attn1"), normal, source, pixelBias), x);
    normal = layerNorm(scope.in("norm2"), h, LAYER_NORM_EPSILON);
    h = tf.math.add(attention(scope.in("attn2"), normal, context.states(), context.bias()), h);
    normal = layerNorm(scope.in("norm3"), h, LAYER_NORM_EPSILON);
    return scope.tap(tf.math.add(FeedForward.geglu(scope.in("ff"), normal), h));
  }

  private Operand<TFloat32> attention(
      Scope scope, Operand<TFloat32> x, Operand<TFloat32> source, Operand<TFloat32> bias) {
    if (bias != null && extent(bias, 3) != extent(source, 1)) {
      throw new IllegalArgumentException(
          "%s: an attention mask over %d keys was given, this layer has %d"
              .formatted(scope.path(), extent(bias, 3), extent(source, 1)));
    }
    int width = channels(x);
    Operand<TFloat32> mixed =
        Attention.attend(
            scope,
            linear(scope.in("to_q"), x, width, false),
            linear(scope.in("to_k"), source, width, false),
            linear(scope.in("to_v"), source, width, false),
            heads,
            bias);
    return scope.tap(linear(scope.in("to_out.0"), mixed, width));
  }
}
