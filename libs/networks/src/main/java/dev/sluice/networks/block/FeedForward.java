package dev.sluice.networks.block;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.linear;

import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.Layers;
import dev.sluice.networks.layer.Scope;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The feed-forward layers of transformer blocks, four times as wide inside as outside. */
public final class FeedForward {

  private static final int EXPANSION = 4;

  private FeedForward() {}

  /** GEGLU (Shazeer 2020, eq. 6): {@code (x V) * gelu(x W)}, projected back. */
  public static Operand<TFloat32> geglu(Scope scope, Operand<TFloat32> x) {
    int width = channels(x);
    Operand<TFloat32> gated = Layers.gated(scope.in("net.0.proj"), x, EXPANSION * width);
    return scope.tap(linear(scope.in("net.2"), gated, width));
  }

  /** Two linear layers with {@code activation} between. */
  public static Operand<TFloat32> plain(Scope scope, Operand<TFloat32> x, Activation activation) {
    int width = channels(x);
    Operand<TFloat32> hidden = linear(scope.in("net.0.proj"), x, EXPANSION * width);
    return scope.tap(linear(scope.in("net.2"), activation.apply(scope.tf(), hidden), width));
  }
}
