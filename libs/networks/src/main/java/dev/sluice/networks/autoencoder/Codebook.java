package dev.sluice.networks.autoencoder;

import static dev.sluice.networks.layer.Layers.channels;
import static dev.sluice.networks.layer.Layers.extent;
import static dev.sluice.networks.layer.Layers.reshape;

import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Scope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The vectors that encodings are replaced by (van den Oord et al. 2017, eq. 1 and 2): {@code
 * embedding.weight [entries, size]}.
 *
 * @param scope of the quantiser
 */
record Codebook(Scope scope, int entries, int size) {

  /** The index of the nearest entry for each pixel of {@code z}, {@code [batch * h * w]}. */
  Operand<TInt64> nearest(Operand<TFloat32> z) {
    Ops tf = scope.tf();
    Operand<TFloat32> codes = weight();
    Operand<TFloat32> rows = reshape(tf, z, -1, size);
    // |z - e|^2 without |z|^2, which is the same for every entry; halved.
    Operand<TFloat32> halfNorms =
        tf.math.mul(
            tf.math.mean(tf.math.square(codes), tf.constant(1), Mean.keepDims(false)),
            tf.constant(size / 2f));
    Operand<TFloat32> distances =
        tf.math.sub(halfNorms, tf.linalg.matMul(rows, codes, MatMul.transposeB(true)));
    return tf.math.argMin(distances, tf.constant(1));
  }

  /** The entries at those indices, in the shape of {@code like [batch, h, w, size]}. */
  Operand<TFloat32> lookup(Operand<TInt64> indices, Operand<TFloat32> like) {
    Ops tf = scope.tf();
    return reshape(tf, entry(indices), -1, extent(like, 1), extent(like, 2), channels(like));
  }

  /** The entries at indices of any shape, in whose place a dimension more comes. */
  Operand<TFloat32> entry(Operand<TInt64> indices) {
    Ops tf = scope.tf();
    return tf.gather(weight(), indices, tf.constant(0));
  }

  private Operand<TFloat32> weight() {
    return scope.in("embedding").weight("weight", FirstValue.FAN_IN, entries, size);
  }
}
