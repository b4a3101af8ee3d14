package dev.sluice.networks.layer;

import dev.sluice.catalog.loading.Precision;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * The layers that network families share. Each is a function of a {@link Scope}, which names its
 * weights, and its inputs. Feature maps are {@code [batch, height, width, channels]}.
 */
public final class Layers {

  /**
   * Channels from which a convolution is worth another precision. Those at a network's ends, which
   * take in and give out the latent or the picture, have fewer; they cost nothing and show most.
   */
  private static final int NARROW_FROM_CHANNELS = 16;

  private Layers() {}

  /**
   * {@code y = x W^T + b} over the last dimension: weights {@code weight [out, in]} and, with
   * {@code bias}, {@code bias [out]}.
   */
  public static Operand<TFloat32> linear(Scope scope, Operand<TFloat32> x, int out, boolean bias) {
    return linear(scope, x, out, bias, FirstValue.FAN_IN);
  }

  /** The same, with weights that begin with something else. */
  public static Operand<TFloat32> linear(
      Scope scope, Operand<TFloat32> x, int out, boolean bias, FirstValue first) {
    Ops tf = scope.tf();
    int in = channels(x);
    if (x.shape().numDimensions() == 2) {
      Operand<TFloat32> weight = scope.weight("weight", first, out, in);
      return scope.tap(
          product(tf, x, weight, bias ? scope.weight("bias", FirstValue.ZERO, out) : null));
    }
    return scope.tap(
        Factors.widen(
            tf,
            linear(
                tf,
                Factors.narrow(tf, scope.precision(), x),
                scope.factor("weight", first, out, in),
                bias ? scope.factor("bias", FirstValue.ZERO, out) : null)));
  }

  /** Of each vector in the last dimension. */
  private static <T extends TFloating> Operand<T> linear(
      Ops tf,
      Operand<T> x,
      Operand<? extends TFloating> weight,
      Operand<? extends TFloating> bias) {
    Operand<T> y = product(tf, reshape(tf, x, -1, channels(x)), weight, bias);
    return reshapeLike(tf, y, x, channels(y));
  }

  @SuppressWarnings("unchecked")
  private static <T extends TFloating> Operand<T> product(
      Ops tf,
      Operand<T> rows,
      Operand<? extends TFloating> weight,
      Operand<? extends TFloating> bias) {
    Operand<T> y = tf.linalg.matMul(rows, (Operand<T>) weight, MatMul.transposeB(true));
    return bias == null ? y : tf.nn.biasAdd(y, (Operand<T>) bias);
  }

  /** {@link #linear(Scope, Operand, int, boolean)} with a bias. */
  public static Operand<TFloat32> linear(Scope scope, Operand<TFloat32> x, int out) {
    return linear(scope, x, out, true);
  }

  /**
   * A gated linear layer, {@code (x V^T + c) * gelu(x W^T + b)} (GEGLU: Shazeer 2020, eq. 6):
   * weights {@code weight [2 out, in]}, {@code V} above {@code W}, and {@code bias [2 out]}.
   *
   * <p>Two products over halves of the weights, which are there without a copy; one product would
   * have to be cut in two by its last dimension.
   */
  public static Operand<TFloat32> gated(Scope scope, Operand<TFloat32> x, int out) {
    Ops tf = scope.tf();
    Operand<? extends TFloating> rows = Factors.narrow(tf, scope.precision(), x);
    List<? extends Operand<? extends TFloating>> weights =
        halves(tf, scope.factor("weight", FirstValue.FAN_IN, 2L * out, channels(x)));
    List<? extends Operand<? extends TFloating>> biases =
        halves(tf, scope.factor("bias", FirstValue.ZERO, 2L * out));
    Operand<TFloat32> hidden = Factors.widen(tf, linear(tf, rows, weights.get(0), biases.get(0)));
    Operand<TFloat32> gate = Factors.widen(tf, linear(tf, rows, weights.get(1), biases.get(1)));
    return tf.math.mul(hidden, Activation.GELU.apply(tf, gate));
  }

  private static <T extends TFloating> List<Output<T>> halves(Ops tf, Operand<T> x) {
    return tf.split(tf.constant(0), x, 2L).output();
  }

  /**
   * A square convolution with bias and PyTorch's symmetric padding.
   *
   * @param padding pixels of zeros on each side
   */
  public static Operand<TFloat32> conv2d(
      Scope scope, Operand<TFloat32> x, int out, int kernel, int stride, int padding) {
    return conv2d(scope, x, out, kernel, stride, padding, padding, true);
  }

  /**
   * A square convolution.
   *
   * @param before zeros above and to the left
   * @param after zeros below and to the right
   */
  public static Operand<TFloat32> conv2d(
      Scope scope,
      Operand<TFloat32> x,
      int out,
      int kernel,
      int stride,
      int before,
      int after,
      boolean bias) {
    Ops tf = scope.tf();
    boolean end = Math.min(channels(x), out) < NARROW_FROM_CHANNELS;
    Scope place = end ? scope.in(Precision.FLOAT32) : scope;
    Operand<? extends TFloating> filters =
        place.filters("weight", out, channels(x), kernel, kernel);
    Operand<? extends TFloating> shift = bias ? place.factor("bias", FirstValue.ZERO, out) : null;
    Operand<? extends TFloating> features = Factors.narrow(tf, place.precision(), x);
    boolean same = stride == 1 && before == after && 2 * before == kernel - 1;
    return scope.tap(
        Factors.widen(
            tf, convolution(scope, features, filters, stride, same, before, after, shift)));
  }

  @SuppressWarnings("unchecked")
  private static <T extends TFloating> Operand<T> convolution(
      Scope scope,
      Operand<T> x,
      Operand<? extends TFloating> filters,
      int stride,
      boolean same,
      int before,
      int after,
      Operand<? extends TFloating> bias) {
    Ops tf = scope.tf();
    Operand<T> y;
    if (same) {
      y = Convolution.of(tf, x, (Operand<T>) filters, scope.differentiable());
    } else {
      y =
          Convolution.strided(
              tf, x, (Operand<T>) filters, stride, before, after, scope.differentiable());
    }
    return bias == null ? y : tf.nn.biasAdd(y, (Operand<T>) bias);
  }

  /** Rows of the table {@code weight [count, size]}. */
  public static Operand<TFloat32> embedding(Scope scope, Operand<TInt64> ids, int count, int size) {
    return scope.tap(scope.rows("weight", ids, count, size));
  }

  /**
   * Sinusoidal embedding of timesteps (Vaswani et al. 2017, section 3.5, as DDPM uses it).
   *
   * @param timesteps {@code [batch]}
   * @param size of the embedding; the last column of an odd one is zero
   * @param cosineFirst diffusers' {@code flip_sin_to_cos}: {@code [cos, sin]} in place of {@code
   *     [sin, cos]}
   * @param frequencyShift diffusers' {@code downscale_freq_shift}
   * @return {@code [batch, size]}
   */
  public static Operand<TFloat32> timestepEmbedding(
      Ops tf, Operand<TFloat32> timesteps, int size, boolean cosineFirst, double frequencyShift) {
    int half = size / 2;
    float[] frequencies = new float[half];
    for (int i = 0; i < half; i++) {
      // Rounded where PyTorch rounds: at timestep 1000 the last bit of a frequency is seen.
      float exponent = (float) -Math.log(10000) * i / (float) (half - frequencyShift);
      frequencies[i] = (float) Math.exp(exponent);
    }
    Operand<TFloat32> angles =
        tf.math.mul(reshape(tf, timesteps, -1, 1), reshape(tf, tf.constant(frequencies), 1, half));
    Operand<TFloat32> sin = tf.math.sin(angles);
    Operand<TFloat32> cos = tf.math.cos(angles);
    Operand<TFloat32> embedding =
        concat(tf, -1, cosineFirst ? List.of(cos, sin) : List.of(sin, cos));
    return size % 2 == 0
        ? embedding
        : tf.pad(embedding, tf.constant(new int[][] {{0, 0}, {0, 1}}), tf.constant(0f));
  }

  /** Nearest-neighbour enlargement to {@code height x width}. */
  public static Operand<TFloat32> upsampleNearest(
      Ops tf, Operand<TFloat32> x, int height, int width) {
    return tf.image.resizeNearestNeighbor(x, tf.constant(new int[] {height, width}));
  }

  /** Mean over 2x2 pixels; an odd last row or column is dropped, as in PyTorch. */
  public static Operand<TFloat32> averagePool2(Ops tf, Operand<TFloat32> x) {
    List<Long> two = List.of(1L, 2L, 2L, 1L);
    return tf.nn.avgPool(x, two, two, "VALID");
  }

  /** {@code [batch, c, h, w]} to {@code [batch, h, w, c]}. */
  public static Operand<TFloat32> toChannelsLast(Ops tf, Operand<TFloat32> x) {
    return tf.linalg.transpose(x, tf.constant(new int[] {0, 2, 3, 1}));
  }

  /** {@code [batch, h, w, c]} to {@code [batch, c, h, w]}. */
  public static Operand<TFloat32> toChannelsFirst(Ops tf, Operand<TFloat32> x) {
    return tf.linalg.transpose(x, tf.constant(new int[] {0, 3, 1, 2}));
  }

  /** Reshapes; one extent may be -1. */
  public static <T extends TType> Operand<T> reshape(Ops tf, Operand<T> x, int... shape) {
    return tf.reshape(x, tf.constant(shape));
  }

  /** Joins along {@code axis}. */
  public static Operand<TFloat32> concat(Ops tf, int axis, List<Operand<TFloat32>> parts) {
    return tf.concat(parts, tf.constant(axis));
  }

  /**
   * Cuts the last dimension into {@code parts} equal pieces, PyTorch's {@code chunk(parts, -1)}.
   */
  public static List<Operand<TFloat32>> chunk(Ops tf, Operand<TFloat32> x, int parts) {
    return List.copyOf(
        tf.split(tf.constant(x.shape().numDimensions() - 1), x, (long) parts).output().stream()
            .map(o -> (Operand<TFloat32>) o)
            .toList());
  }

  /** The extent of the last dimension. */
  public static int channels(Operand<?> x) {
    return extent(x, x.shape().numDimensions() - 1);
  }

  /** The extent of dimension {@code axis}, which must be known. */
  public static int extent(Operand<?> x, int axis) {
    long size = x.shape().size(axis);
    if (size < 0) {
      throw new IllegalStateException("dimension " + axis + " of " + x.shape() + " is not known");
    }
    return Math.toIntExact(size);
  }

  private static <T extends TType> Operand<T> reshapeLike(
      Ops tf, Operand<T> rows, Operand<?> like, int lastExtent) {
    int rank = like.shape().numDimensions();
    int[] shape = new int[rank];
    shape[0] = -1;
    for (int i = 1; i < rank - 1; i++) {
      shape[i] = extent(like, i);
    }
    shape[rank - 1] = lastExtent;
    return reshape(tf, rows, shape);
  }
}
