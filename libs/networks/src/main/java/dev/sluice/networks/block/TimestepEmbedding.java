package dev.sluice.networks.block;

import static dev.sluice.networks.layer.Layers.linear;

import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Scope;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The two-layer network that widens a sinusoidal (or other) embedding. */
public final class TimestepEmbedding {

  private TimestepEmbedding() {}

  /**
   * @param x {@code [batch, width]}
   * @return {@code [batch, out]}
   */
  public static Operand<TFloat32> apply(
      Scope scope, Operand<TFloat32> x, int out, Activation activation) {
    Operand<TFloat32> hidden = linear(scope.in("linear_1"), x, out);
    return scope.tap(linear(scope.in("linear_2"), activation.apply(scope.tf(), hidden), out));
  }
}
