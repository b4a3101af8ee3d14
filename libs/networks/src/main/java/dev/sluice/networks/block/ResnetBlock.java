package dev.sluice.networks.block;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.chunk;
import static dev.sluice.networks.layer.Layers.conv2d;
import static dev.sluice.networks.layer.Layers.linear;
import static dev.sluice.networks.layer.Layers.reshape;
import static dev.sluice.networks.layer.Norms.groupNorm;
import static dev.sluice.networks.layer.Norms.normalizeGroups;

import dev.sluice.networks.layer.Activation;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Scope;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The residual block of diffusion UNets: norm, activation, convolution, twice, with the time
 * embedding between (Ho et al. 2020, appendix B; BigGAN's resampling variant: Dhariwal and Nichol
 * 2021, section 3).
 *
 * @param groups of the group norms
 * @param epsilon of the group norms
 * @param activation before each convolution, and on the time embedding
 * @param time how the time embedding comes in
 * @param timeActivated whether the time embedding is given with the activation already applied
 * @param outputScale divides the sum of the two branches
 */
public record ResnetBlock(
    int groups,
    double epsilon,
    Activation activation,
    TimeConditioning time,
    boolean timeActivated,
    double outputScale) {

  /**
   * @param x {@code [batch, height, width, channels]}
   * @param embedding of the timestep, {@code [batch, width]}; null for a block without one
   * @return {@code [batch, height, width, out]}
   */
  public Operand<TFloat32> apply(
      Scope scope, Operand<TFloat32> x, Operand<TFloat32> embedding, int out) {
    return apply(scope, x, embedding, out, UnaryOperator.identity());
  }

  /** {@link #apply}, at half the height and width. */
  public Operand<TFloat32> applyDown(
      Scope scope, Operand<TFloat32> x, Operand<TFloat32> embedding, int out) {
    return apply(scope, x, embedding, out, h -> Resample2D.halve(scope.tf(), h));
  }

  /** {@link #apply}, at twice the height and width. */
  public Operand<TFloat32> applyUp(
      Scope scope, Operand<TFloat32> x, Operand<TFloat32> embedding, int out) {
    return apply(scope, x, embedding, out, h -> Resample2D.enlarge(scope.tf(), h));
  }

  /** This block with another divisor of its sum. */
  public ResnetBlock withOutputScale(double scale) {
    return new ResnetBlock(groups, epsilon, activation, time, timeActivated, scale);
  }

  /** Both branches are resampled: the main one just before its first convolution. */
  private Operand<TFloat32> apply(
      Scope scope,
      Operand<TFloat32> x,
      Operand<TFloat32> embedding,
      int out,
      UnaryOperator<Operand<TFloat32>> resample) {
    Ops tf = scope.tf();
    Operand<TFloat32> h = activation.apply(tf, groupNorm(scope.in("norm1"), x, groups, epsilon));
    h = conv2d(scope.in("conv1"), resample.apply(h), out, 3, 1, 1);
    h = activation.apply(tf, conditionedNorm(scope, h, embedding, out));
    h = conv2d(scope.in("conv2").fromZero(), h, out, 3, 1, 1);

    Operand<TFloat32> shortcut = resample.apply(x);
    if (channels(x) != out) {
      shortcut = conv2d(scope.in("conv_shortcut"), shortcut, out, 1, 1, 0);
    }
    Operand<TFloat32> sum = tf.math.add(shortcut, h);
    return scope.tap(outputScale == 1 ? sum : tf.math.div(sum, tf.constant((float) outputScale)));
  }

  private Operand<TFloat32> conditionedNorm(
      Scope scope, Operand<TFloat32> h, Operand<TFloat32> embedding, int out) {
    Ops tf = scope.tf();
    Scope norm = scope.in("norm2");
    if (embedding == null) {
      return groupNorm(norm, h, groups, epsilon);
    }
    Operand<TFloat32> active = timeActivated ? embedding : activation.apply(tf, embedding);
    if (time == TimeConditioning.SHIFT) {
      Operand<TFloat32> shift = linear(scope.in("time_emb_proj"), active, out);
      return groupNorm(norm, tf.math.add(h, reshape(tf, shift, -1, 1, 1, out)), groups, epsilon);
    }
    List<Operand<TFloat32>> scaleAndShift =
        chunk(tf, linear(scope.in("time_emb_proj"), active, 2 * out), 2);
    Operand<TFloat32> scale = tf.math.add(scaleAndShift.get(0), tf.constant(1f));
    // (norm * gamma + beta) * scale + shift = norm * (gamma * scale) + (beta * scale + shift):
    // small tensors are combined in place of two more passes over the features.
    Operand<TFloat32> gamma = tf.math.mul(scale, norm.weight("weight", FirstValue.ONE, out));
    Operand<TFloat32> beta =
        tf.math.add(
            tf.math.mul(scale, norm.weight("bias", FirstValue.ZERO, out)), scaleAndShift.get(1));
    return normalizeGroups(tf, h, groups, epsilon, gamma, beta);
  }
}
