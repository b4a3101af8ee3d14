package dev.sluice.trainer.diffusion;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Numbers by timestep, in a graph. */
final class Tables {

  private Tables() {}

  /**
   * The number of each row's timestep, to be multiplied with a tensor of some rank.
   *
   * @param rank 1 for {@code [rows]}, more for {@code [rows, 1, ...]}
   */
  static Operand<TFloat32> look(
      Ops tf, IntToDoubleFunction table, int timesteps, Operand<TInt64> index, int rank) {
    float[] values = new float[timesteps];
    for (int t = 0; t < timesteps; t++) {
      values[t] = (float) table.applyAsDouble(t);
    }
    int[] shape = new int[rank];
    Arrays.fill(shape, 1);
    shape[0] = -1;
    return tf.reshape(tf.gather(tf.constant(values), index, tf.constant(0)), tf.constant(shape));
  }
}
