package dev.sluice.networks.layer;

import dev.sluice.catalog.loading.Precision;
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
  private final Precision precision;
  private final boolean differentiable;
  private final boolean fromZero;

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

  private Scope(
      Build build, String path, Precision precision, boolean differentiable, boolean fromZero) {
    this.build = build;
    this.path = path;
    this.precision = precision;
    this.differentiable = differentiable;
    this.fromZero = fromZero;
  }

  /**
   * The root of a network that can be differentiated, in float32.
   *
   * @param taps receives what {@link #tap} notes, by path
   */
  public static Scope root(Ops tf, WeightProvider weights, Map<String, Operand<TFloat32>> taps) {
    return new Scope(new Build(tf, weights, taps), "", Precision.FLOAT32, true, false);
  }

  /**
   * The root of a network that is only run.
   *
   * @param taps receives what {@link #tap} notes, by path
   * @param precision in which it multiplies
   */
  public static Scope root(
      Ops tf, WeightProvider weights, Map<String, Operand<TFloat32>> taps, Precision precision) {
    return new Scope(new Build(tf, weights, taps), "", precision, false, false);
  }

  /** This place, for layers through which a gradient is to be taken. */
  public Scope withGradient() {
    return new Scope(build, path, precision, true, fromZero);
  }

  /** This place, for a layer whose weights all begin at zero when they are trained from nothing. */
  public Scope fromZero() {
    return new Scope(build, path, precision, differentiable, true);
  }

  /** Whether a gradient may be taken: some operations have none. */
  boolean differentiable() {
    return differentiable;
  }

  /** This place, for a layer that multiplies in another precision. */
  Scope in(Precision precision) {
    return new Scope(build, path, precision, differentiable, fromZero);
  }

  /** In which precision the layers at this place multiply. */
  Precision precision() {
    return precision;
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
    return new Scope(build, join(name), precision, differentiable, fromZero);
  }

  /** The {@code index}-th place of a list. */
  public Scope in(int index) {
    return in(Integer.toString(index));
  }

  /**
   * A weight of the checkpoint's {@code shape}, in the checkpoint's order.
   *
   * @param first what it begins with when it is trained from nothing
   */
  public Operand<TFloat32> weight(String name, FirstValue first, long... shape) {
    return widened(declare(name, Layout.AS_STORED, Precision.FLOAT32, first, shape));
  }

  /** A weight as products at this place take it. */
  Operand<? extends TFloating> factor(String name, FirstValue first, long... shape) {
    return factor(declare(name, Layout.AS_STORED, precision, first, shape));
  }

  /**
   * Convolution filters as convolutions at this place take them, {@code [out, in, h, w]} in the
   * checkpoint, given as {@code [h, w, in, out]}.
   */
  Operand<? extends TFloating> filters(String name, long out, long in, long height, long width) {
    return factor(
        declare(name, Layout.CONVOLUTION, precision, FirstValue.FAN_IN, out, in, height, width));
  }

  /**
   * Rows of a table.
   *
   * @param ids of the rows, of any shape
   * @param shape of the table, the rows outermost
   */
  public Operand<TFloat32> rows(String name, Operand<TInt64> ids, long... shape) {
    Operand<? extends TFloating> table =
        declare(name, Layout.AS_STORED, Precision.FLOAT32, FirstValue.SMALL, shape);
    return floats(build.tf, build.tf.gather(table, ids, build.tf.constant(0)));
  }

  private Operand<? extends TFloating> declare(
      String name, Layout layout, Precision use, FirstValue first, long... shape) {
    FirstValue begins = fromZero ? FirstValue.ZERO : first;
    return build.weights.declare(new Parameter(join(name), shape, layout, use, begins));
  }

  private Operand<? extends TFloating> factor(Operand<? extends TFloating> weight) {
    return precision == Precision.FLOAT32
        ? widened(weight)
        : Factors.narrow(afterLatest(), precision, weight);
  }

  /**
   * A weight in half precision is widened when the layer before it is done. Without that edge the
   * widened copies of all weights would be made at the start of a call, as they need nothing else.
   */
  private Operand<TFloat32> widened(Operand<? extends TFloating> weight) {
    return floats(afterLatest(), weight);
  }

  private Ops afterLatest() {
    return build.latest == null
        ? build.tf
        : build.tf.withControlDependencies(List.of(build.latest));
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
