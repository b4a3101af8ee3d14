package dev.sluice.networks.graph;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * A place in a network, named as the checkpoint names it. A layer built at scope {@code
 * down_blocks.0.resnets.1.conv1} reads the tensors {@code down_blocks.0.resnets.1.conv1.weight} and
 * {@code .bias}: there is no mapping table.
 */
public final class Scope {

  private final Build build;
  private final String path;

  /** What all places of a network under construction have in common. */
  private static final class Build {
    final Ops tf;
    final WeightProvider weights;
    final Map<String, Operand<TFloat32>> taps;
    Operand<TFloat32> latest;

    Build(Ops tf, WeightProvider weights, Map<String, Operand<TFloat32>> taps) {
      this.tf = tf;
      this.weights = weights;
      this.taps = taps;
    }
  }

  private Scope(Build build, String path) {
    this.build = build;
    this.path = path;
  }

  /**
   * The root of a network.
   *
   * @param taps receives what {@link #tap} notes, by path
   */
  public static Scope root(Ops tf, WeightProvider weights, Map<String, Operand<TFloat32>> taps) {
    return new Scope(new Build(tf, weights, taps), "");
  }

  /** The operations of the graph under construction. */
  public Ops tf() {
    return build.tf;
  }

  /** The checkpoint path, empty at the root. */
  public String path() {
    return path;
  }

  /** The place {@code name} (which may hold dots) below this one. */
  public Scope in(String name) {
    return new Scope(build, join(name));
  }

  /** The {@code index}-th place of a list. */
  public Scope in(int index) {
    return in(Integer.toString(index));
  }

  /** A weight of the checkpoint's {@code shape}, in the checkpoint's order. */
  public Operand<TFloat32> weight(String name, long... shape) {
    return widened(declare(name, Layout.AS_STORED, shape));
  }

  /**
   * Convolution filters, {@code [out, in, h, w]} in the checkpoint, given as {@code [h, w, in,
   * out]}.
   */
  public Operand<TFloat32> filters(String name, long out, long in, long height, long width) {
    return widened(declare(name, Layout.CONVOLUTION, out, in, height, width));
  }

  /**
   * Rows of a table.
   *
   * @param ids of the rows, of any shape
   * @param shape of the table, the rows outermost
   */
  public Operand<TFloat32> rows(String name, Operand<TInt64> ids, long... shape) {
    Operand<? extends TFloating> table = declare(name, Layout.AS_STORED, shape);
    return floats(build.tf, build.tf.gather(table, ids, build.tf.constant(0)));
  }

  private Operand<? extends TFloating> declare(String name, Layout layout, long... shape) {
    return build.weights.declare(new Parameter(join(name), shape, layout));
  }

  /**
   * A weight in half precision is widened when the layer before it is done. Without that edge the
   * widened copies of all weights would be made at the start of a call, as they need nothing else.
   */
  private Operand<TFloat32> widened(Operand<? extends TFloating> weight) {
    return floats(
        build.latest == null ? build.tf : build.tf.withControlDependencies(List.of(build.latest)),
        weight);
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> floats(Ops tf, Operand<? extends TFloating> values) {
    return values.type() == TFloat32.class
        ? (Operand<TFloat32>) values
        : tf.dtypes.cast(values, TFloat32.class);
  }

  /**
   * Notes what the module at this place puts out, so that a comparison with a reference can say
   * where two computations part. Costs nothing unless fetched.
   *
   * @return {@code output}
   */
  public Operand<TFloat32> tap(Operand<TFloat32> output) {
    build.taps.putIfAbsent(path, output);
    build.latest = output;
    return output;
  }

  private String join(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  @Override
  public String toString() {
    return path;
  }
}
