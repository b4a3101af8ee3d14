package dev.sluice.networks.layer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The activation functions that configs name. */
public enum Activation {
  IDENTITY,
  RELU,
  SILU,
  MISH,
  /** {@code x * Phi(x)}, with the error function. */
  GELU,
  /** The tanh approximation of {@link #GELU} (Hendrycks and Gimpel 2016, section 2). */
  GELU_TANH,
  /** {@code x * sigmoid(1.702 x)}, CLIP's. */
  QUICK_GELU;

  /** The activation that a config's {@code act_fn} or {@code hidden_act} names. */
  public static Activation named(String name) {
    return switch (name) {
      case "identity", "linear" -> IDENTITY;
      case "relu" -> RELU;
      case "silu", "swish" -> SILU;
      case "mish" -> MISH;
      case "gelu" -> GELU;
      case "gelu_new", "gelu_pytorch_tanh", "gelu-approximate" -> GELU_TANH;
      case "quick_gelu" -> QUICK_GELU;
      default ->
          throw new IllegalArgumentException(
              "unknown activation '"
                  + name
                  + "'; known: silu, swish, gelu, gelu_new,"
                  + " gelu_pytorch_tanh, quick_gelu, relu, mish, identity");
    };
  }

  /** Applies the function to each value. */
  public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
    return switch (this) {
      case IDENTITY -> x;
      case RELU -> tf.nn.relu(x);
      case SILU -> tf.math.mul(x, tf.math.sigmoid(x));
      case MISH -> tf.math.mul(x, tf.math.tanh(tf.math.softplus(x)));
      case GELU ->
          tf.math.mul(
              tf.math.mul(x, tf.constant(0.5f)),
              tf.math.add(
                  tf.math.erf(tf.math.mul(x, tf.constant((float) Math.sqrt(0.5)))),
                  tf.constant(1f)));
      case GELU_TANH -> {
        Operand<TFloat32> cube = tf.math.mul(tf.math.square(x), x);
        Operand<TFloat32> inner =
            tf.math.mul(
                tf.math.add(x, tf.math.mul(cube, tf.constant(0.044715f))),
                tf.constant((float) Math.sqrt(2 / Math.PI)));
        yield tf.math.mul(
            tf.math.mul(x, tf.constant(0.5f)), tf.math.add(tf.math.tanh(inner), tf.constant(1f)));
      }
      case QUICK_GELU -> tf.math.mul(x, tf.math.sigmoid(tf.math.mul(x, tf.constant(1.702f))));
    };
  }
}
