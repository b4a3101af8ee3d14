package dev.sluice.networks.layer;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Derivatives as part of a graph. */
public final class Gradients {

  private Gradients() {}

  /**
   * The gradient of a number with respect to a tensor that it was computed from.
   *
   * @param tf of a graph, not of eager execution
   * @return in the shape of {@code x}
   * @throws IllegalArgumentException if {@code y} does not depend on {@code x}
   */
  @SuppressWarnings("unchecked")
  public static Operand<TFloat32> of(Ops tf, Operand<TFloat32> y, Operand<TFloat32> x) {
    Graph graph = (Graph) tf.scope().env();
    Output<?> gradient = graph.addGradients(y.asOutput(), new Output<?>[] {x.asOutput()})[0];
    if (gradient == null) {
      throw new IllegalArgumentException(y.op().name() + " does not depend on " + x.op().name());
    }
    return (Output<TFloat32>) gradient;
  }
}
