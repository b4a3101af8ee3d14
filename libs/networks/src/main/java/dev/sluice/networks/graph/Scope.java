package dev.sluice.networks.graph;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A place in a network, named as the checkpoint names it. A layer built at scope {@code
 * down_blocks.0.resnets.1.conv1} reads the tensors {@code down_blocks.0.resnets.1.conv1.weight} and
 * {@code .bias}: there is no mapping table.
 */
public final class Scope {

  private final Ops tf;
  private final Parameters parameters;
  private final Map<String, Operand<TFloat32>> taps;
  private final String path;

  private Scope(Ops tf, Parameters parameters, Map<String, Operand<TFloat32>> taps, String path) {
    this.tf = tf;
    this.parameters = parameters;
    this.taps = taps;
    this.path = path;
  }

  /**
   * The root of a network.
   *
   * @param taps receives what {@link #tap} notes, by path
   */
  public static Scope root(Ops tf, Parameters parameters, Map<String, Operand<TFloat32>> taps) {
    return new Scope(tf, parameters, taps, "");
  }

  /** The operations of the graph under construction. */
  public Ops tf() {
    return tf;
  }

  /** The checkpoint path, empty at the root. */
  public String path() {
    return path;
  }

  /** The place {@code name} (which may hold dots) below this one. */
  public Scope in(String name) {
    return new Scope(tf, parameters, taps, join(name));
  }

  /** The {@code index}-th place of a list. */
  public Scope in(int index) {
    return in(Integer.toString(index));
  }

  /** A weight of the checkpoint's {@code shape}, in the checkpoint's order. */
  public Operand<TFloat32> weight(String name, long... shape) {
    return parameters.declare(join(name), Layout.AS_STORED, shape);
  }

  /**
   * Convolution filters, {@code [out, in, h, w]} in the checkpoint, given as {@code [h, w, in,
   * out]}.
   */
  public Operand<TFloat32> filters(String name, long out, long in, long height, long width) {
    return parameters.declare(join(name), Layout.CONVOLUTION, out, in, height, width);
  }

  /**
   * Notes what the module at this place puts out, so that a comparison with a reference can say
   * where two computations part. Costs nothing unless fetched.
   *
   * @return {@code output}
   */
  public Operand<TFloat32> tap(Operand<TFloat32> output) {
    taps.putIfAbsent(path, output);
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
