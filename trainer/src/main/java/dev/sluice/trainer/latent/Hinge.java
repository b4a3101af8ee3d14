package dev.sluice.trainer.latent;

import dev.sluice.trainer.train.TrainingGraph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A critic's loss, by which it is content with answers that are clear (Lim and Ye 2017). */
final class Hinge {

  private Hinge() {}

  /**
   * By how much answers miss 1 and more for what is real, and -1 and less for what was made: the
   * mean of both.
   */
  static Operand<TFloat32> of(
      TrainingGraph graph, Operand<TFloat32> ofReal, Operand<TFloat32> ofMade) {
    Ops tf = graph.tf();
    Operand<TFloat32> both =
        tf.math.add(
            graph.mean(tf.nn.relu(tf.math.sub(tf.constant(1f), ofReal))),
            graph.mean(tf.nn.relu(tf.math.add(tf.constant(1f), ofMade))));
    return tf.math.mul(both, tf.constant(0.5f));
  }
}
