package dev.sluice.networks.layer;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.reshape;

import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Normalisation layers. Each is a function of a {@link Scope}, which names its weights, and its
 * inputs, whose last dimension is that of channels.
 */
public final class Norms {

  private Norms() {}

  /**
   * Group normalisation (Wu and He 2018) over {@code [batch, ..., channels]}, with scale and shift.
   *
   * <p>Statistics are taken per channel first and then combined per group: {@code var_g =
   * mean(var_c + (mean_c - mean_g)^2)}. That keeps the large tensor in its natural layout and,
   * unlike {@code E[x^2] - E[x]^2}, loses nothing when the mean is large against the spread.
   */
  public static Operand<TFloat32> groupNorm(
      Scope scope, Operand<TFloat32> x, int groups, double epsilon) {
    int channels = channels(x);
    Operand<TFloat32> gamma = scope.weight("weight", FirstValue.ONE, channels);
    Operand<TFloat32> beta = scope.weight("bias", FirstValue.ZERO, channels);
    return scope.tap(normalizeGroups(scope.tf(), x, groups, epsilon, gamma, beta));
  }

  /**
   * {@link #groupNorm} with the affine weights given.
   *
   * @param gamma {@code [channels]}, or {@code [batch, channels]} where each row has its own
   * @param beta as {@code gamma}
   */
  public static Operand<TFloat32> normalizeGroups(
      Ops tf,
      Operand<TFloat32> x,
      int groups,
      double epsilon,
      Operand<TFloat32> gamma,
      Operand<TFloat32> beta) {
    int channels = channels(x);
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          "group norm: " + channels + " channels do not divide into " + groups + " groups");
    }
    int rank = x.shape().numDimensions();
    int[] inner = new int[rank - 2];
    for (int i = 0; i < inner.length; i++) {
      inner[i] = i + 1;
    }
    Operand<TInt32> axes = tf.constant(inner);
    int perGroup = channels / groups;

    Operand<TFloat32> channelMean = keepMean(tf, x, axes);
    Operand<TFloat32> channelVariance =
        keepMean(tf, tf.math.squaredDifference(x, channelMean), axes);
    Operand<TFloat32> mean = reshape(tf, channelMean, -1, groups, perGroup);
    Operand<TFloat32> variance = reshape(tf, channelVariance, -1, groups, perGroup);
    Operand<TInt32> last = tf.constant(new int[] {2});
    Operand<TFloat32> groupMean = keepMean(tf, mean, last);
    Operand<TFloat32> groupVariance =
        keepMean(tf, tf.math.add(variance, tf.math.squaredDifference(mean, groupMean)), last);
    Operand<TFloat32> inverse =
        tf.math.rsqrt(tf.math.add(groupVariance, tf.constant((float) epsilon)));

    int[] perChannel = new int[rank];
    Arrays.fill(perChannel, 1);
    perChannel[0] = -1;
    perChannel[rank - 1] = channels;
    Operand<TFloat32> grouped = reshape(tf, gamma, -1, groups, perGroup);
    Operand<TFloat32> scale = tf.math.mul(inverse, grouped);
    Operand<TFloat32> centre = tf.tile(groupMean, tf.constant(new int[] {1, 1, perGroup}));
    // Not x * scale + (beta - centre * scale): that difference loses digits where means are large.
    Operand<TFloat32> centred = tf.math.sub(x, reshape(tf, centre, perChannel));
    return tf.math.add(
        tf.math.mul(centred, reshape(tf, scale, perChannel)), reshape(tf, beta, perChannel));
  }

  /** Layer normalisation (Ba et al. 2016) over the last dimension, with scale and shift. */
  public static Operand<TFloat32> layerNorm(Scope scope, Operand<TFloat32> x, double epsilon) {
    Ops tf = scope.tf();
    int channels = channels(x);
    Operand<TFloat32> normal = normalizeRows(tf, x, epsilon);
    return scope.tap(
        tf.math.add(
            tf.math.mul(normal, scope.weight("weight", FirstValue.ONE, channels)),
            scope.weight("bias", FirstValue.ZERO, channels)));
  }

  /** Layer normalisation without affine weights. */
  public static Operand<TFloat32> normalizeRows(Ops tf, Operand<TFloat32> x, double epsilon) {
    Operand<TInt32> last = tf.constant(new int[] {-1});
    Operand<TFloat32> centred = tf.math.sub(x, keepMean(tf, x, last));
    Operand<TFloat32> variance = keepMean(tf, tf.math.square(centred), last);
    return tf.math.mul(centred, tf.math.rsqrt(tf.math.add(variance, tf.constant((float) epsilon))));
  }

  /**
   * Root-mean-square normalisation (Zhang and Sennrich 2019) over the last dimension, with scale.
   */
  public static Operand<TFloat32> rmsNorm(Scope scope, Operand<TFloat32> x, double epsilon) {
    Ops tf = scope.tf();
    Operand<TFloat32> meanSquare = keepMean(tf, tf.math.square(x), tf.constant(new int[] {-1}));
    Operand<TFloat32> normal =
        tf.math.mul(x, tf.math.rsqrt(tf.math.add(meanSquare, tf.constant((float) epsilon))));
    return scope.tap(tf.math.mul(normal, scope.weight("weight", FirstValue.ONE, channels(x))));
  }

  private static Operand<TFloat32> keepMean(Ops tf, Operand<TFloat32> x, Operand<TInt32> axes) {
    return tf.math.mean(x, axes, Mean.keepDims(true));
  }
}
