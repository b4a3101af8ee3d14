package dev.sluice.networks.transformer;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.linear;

import dev.sluice.networks.layer.Attention;
import dev.sluice.networks.layer.Scope;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Attention of tokens over themselves, or over others, with the names of diffusers. */
final class SelfAttention {

  private SelfAttention() {}

  /**
   * @param x {@code [batch, tokens, width]}
   * @param projectionBias whether queries, keys and values have biases; the output always has
   * @param bias added to the scores; null for none
   * @return the shape of {@code x}
   */
  static Operand<TFloat32> apply(
      Scope scope, Operand<TFloat32> x, int heads, boolean projectionBias, Operand<TFloat32> bias) {
    return over(scope, x, x, heads, projectionBias, bias);
  }

  /**
   * The same layers where tokens attend to others.
   *
   * @param others {@code [batch, others, width]}, of keys and values
   */
  static Operand<TFloat32> over(
      Scope scope,
      Operand<TFloat32> x,
      Operand<TFloat32> others,
      int heads,
      boolean projectionBias,
      Operand<TFloat32> bias) {
    int width = channels(x);
    Operand<TFloat32> mixed =
        Attention.attend(
            scope,
            linear(scope.in("to_q"), x, width, projectionBias),
            linear(scope.in("to_k"), others, width, projectionBias),
            linear(scope.in("to_v"), others, width, projectionBias),
            heads,
            bias);
    return scope.tap(linear(scope.in("to_out.0"), mixed, width));
  }
}
