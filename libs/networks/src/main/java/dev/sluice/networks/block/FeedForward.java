package dev.sluice.networks.block;

import static dev.sluice.networks.graph.Layers.channels;
import static dev.sluice.networks.graph.Layers.chunk;
import static dev.sluice.networks.graph.Layers.linear;

import dev.sluice.networks.graph.Activation;
import dev.sluice.networks.graph.Scope;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The feed-forward layers of transformer blocks, four times as wide inside as outside. */
public final class FeedForward {

  private static final int EXPANSION = 4;

  private FeedForward() {}

  /** GEGLU (Shazeer 2020, eq. 6): {@code (x V) * gelu(x W)}, projected back. */
  public static Operand<TFloat32> geglu(Scope scope, Operand<TFloat32> x) {
    int width = channels(x);
    List<Operand<TFloat32>> hiddenAndGate =
        chunk(scope.tf(), linear(scope.in("net.0.proj"), x, 2 * EXPANSION * width), 2);
    Operand<TFloat32> gated =
        scope
            .tf()
            .math
            .mul(hiddenAndGate.get(0), Activation.GELU.apply(scope.tf(), hiddenAndGate.get(1)));
    return scope.tap(linear(scope.in("net.2"), gated, width));
  }

  /** Two linear layers with {@code activation} between. */
  public static Operand<TFloat32> plain(Scope scope, Operand<TFloat32> x, Activation activation) {
    int width = channels(x);
    Operand<TFloat32> hidden = linear(scope.in("net.0.proj"), x, EXPANSION * width);
    return scope.tap(linear(scope.in("net.2"), activation.apply(scope.tf(), hidden), width));
  }
}
