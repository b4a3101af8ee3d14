package dev.sluice.trainer.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/**
 * The exponential moving average of the weights, which is what is sampled with (Ho et al. 2020,
 * appendix B). It forgets its start quickly at first: after n steps the decay is (1 + n) / (10 + n)
 * at most.
 */
final class Averages {

  private final double decay;
  private final Map<String, Variable<TFloat32>> byName = new LinkedHashMap<>();
  private final Placeholder<TFloat32> now;

  /**
   * @param weights by name
   * @param decay 0 for no average at all
   */
  Averages(TrainingGraph graph, Map<String, Variable<TFloat32>> weights, double decay) {
    this.decay = decay;
    this.now = Numbers.scalar(graph.tf());
    if (decay > 0) {
      weights.forEach(
          (name, weight) ->
              byName.put(name, graph.tf().variable(weight.asOutput().shape(), TFloat32.class)));
    }
  }

  /**
   * What a step must run beside the changes of the weights.
   *
   * @param moved the last change of each weight
   */
  List<Op> updates(
      TrainingGraph graph, Map<String, Variable<TFloat32>> weights, Map<String, Op> moved) {
    List<Op> updates = new ArrayList<>();
    byName.forEach(
        (name, average) -> {
          Ops tf = graph.tf().withControlDependencies(List.of(moved.get(name)));
          Operand<TFloat32> share = tf.math.sub(tf.constant(1f), now);
          updates.add(
              tf.assignSub(average, tf.math.mul(tf.math.sub(average, weights.get(name)), share)));
        });
    return updates;
  }

  /** Feeds {@link #updates}. */
  Placeholder<TFloat32> feed() {
    return now;
  }

  /**
   * The decay of a step.
   *
   * @param step from 0
   */
  static double decayAt(long step, double decay) {
    return Math.min(decay, (1.0 + step) / (10 + step));
  }

  double decayAt(long step) {
    return decayAt(step, decay);
  }

  /** By the weights' names; empty where there is no average. */
  Map<String, Variable<TFloat32>> variables() {
    return byName;
  }
}
