package dev.sluice.trainer.train;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** The loss of classifiers. */
public final class CrossEntropy {

  private CrossEntropy() {}

  /**
   * The mean over rows of minus the logarithm of the right class's probability.
   *
   * @param logits {@code [rows, classes]}
   * @param right probabilities of the classes, {@code [rows, classes]}
   */
  public static Operand<TFloat32> of(
      TrainingGraph graph, Operand<TFloat32> logits, Operand<TFloat32> right) {
    Ops tf = graph.tf();
    // As a matrix: TensorFlow's gradient of a log-softmax sums over dimension 1, whatever the rank.
    Operand<TFloat32> perRow =
        tf.reduceSum(tf.math.mul(tf.nn.logSoftmax(logits), right), tf.constant(1));
    return tf.math.neg(graph.mean(perRow));
  }

  /**
   * The same for the numbers of the right classes.
   *
   * @param right {@code [rows]}
   */
  public static Operand<TFloat32> ofClasses(
      TrainingGraph graph, Operand<TFloat32> logits, Operand<TInt64> right) {
    Ops tf = graph.tf();
    int classes = (int) logits.shape().size(1);
    return of(
        graph, logits, tf.oneHot(right, tf.constant(classes), tf.constant(1f), tf.constant(0f)));
  }

  /** The share of rows whose largest logit is the right class's. */
  public static Operand<TFloat32> accuracy(
      TrainingGraph graph, Operand<TFloat32> logits, Operand<TInt64> right) {
    Ops tf = graph.tf();
    return graph.mean(
        tf.dtypes.cast(
            tf.math.equal(tf.math.argMax(logits, tf.constant(1)), right), TFloat32.class));
  }
}
