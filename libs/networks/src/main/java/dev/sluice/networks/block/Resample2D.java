package dev.sluice.networks.block;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.conv2d;
import static dev.sluice.networks.layer.Layers.extent;

import dev.sluice.networks.layer.Layers;
import dev.sluice.networks.layer.Scope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Changes of resolution by two, with and without a convolution. */
public final class Resample2D {

  private Resample2D() {}

  /**
   * A 3x3 convolution of stride 2, its weights below {@code conv}.
   *
   * @param padding zeros on each side; with 0, one row and column are added below and to the right
   */
  public static Operand<TFloat32> downsample(Scope scope, Operand<TFloat32> x, int padding) {
    int after = padding == 0 ? 1 : padding;
    return scope.tap(conv2d(scope.in("conv"), x, channels(x), 3, 2, padding, after, true));
  }

  /**
   * Nearest-neighbour enlargement to {@code height x width} and a 3x3 convolution, {@code conv}.
   */
  public static Operand<TFloat32> upsample(
      Scope scope, Operand<TFloat32> x, int height, int width) {
    Operand<TFloat32> large = Layers.upsampleNearest(scope.tf(), x, height, width);
    return scope.tap(conv2d(scope.in("conv"), large, channels(x), 3, 1, 1));
  }

  /** Means over 2x2 pixels. */
  public static Operand<TFloat32> halve(Ops tf, Operand<TFloat32> x) {
    return Layers.averagePool2(tf, x);
  }

  /** Every pixel four times. */
  public static Operand<TFloat32> enlarge(Ops tf, Operand<TFloat32> x) {
    return Layers.upsampleNearest(tf, x, 2 * extent(x, 1), 2 * extent(x, 2));
  }
}
