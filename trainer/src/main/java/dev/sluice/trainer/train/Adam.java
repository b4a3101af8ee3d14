package dev.sluice.trainer.train;

import dev.sluice.networks.weights.TrainableWeight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/**
 * Adam (Kingma and Ba 2015) with the gradient clipped to a global norm and, beside the weights,
 * their exponential moving average, which is what is sampled with.
 */
final class Adam {

  static final double BETA1 = 0.9;
  static final double BETA2 = 0.99;
  private static final float EPSILON = 1e-8f;
  private static final float MAX_NORM = 1f;

  /** The two moments and the average, beside each weight. */
  record Slots(Variable<TFloat32> m, Variable<TFloat32> v, Variable<TFloat32> average) {}

  private final Map<String, Slots> slots = new LinkedHashMap<>();
  private final List<Op> updates = new ArrayList<>();
  private final Placeholder<TFloat32> learningRate;
  private final Placeholder<TFloat32> beta1Power;
  private final Placeholder<TFloat32> beta2Power;
  private final Placeholder<TFloat32> averageDecay;
  private final Operand<TFloat32> gradientNorm;

  Adam(TrainingGraph training, Operand<TFloat32> loss) {
    Ops tf = training.tf();
    learningRate = scalar(tf);
    beta1Power = scalar(tf);
    beta2Power = scalar(tf);
    averageDecay = scalar(tf);
    Map<String, TrainableWeight> trained = training.trained();
    List<Operand<TFloat32>> gradients = gradients(training, loss, trained);
    gradientNorm = norm(tf, gradients);
    Operand<TFloat32> scale =
        tf.math.minimum(
            tf.constant(1f),
            tf.math.div(tf.constant(MAX_NORM), tf.math.add(gradientNorm, tf.constant(EPSILON))));
    int index = 0;
    for (Map.Entry<String, TrainableWeight> entry : trained.entrySet()) {
      Variable<TFloat32> weight = entry.getValue().variable();
      Slots own = new Slots(like(tf, weight), like(tf, weight), like(tf, weight));
      slots.put(entry.getKey(), own);
      // The common scale makes every update wait for every gradient, so that no weight changes
      // while
      // back-propagation still reads it.
      Operand<TFloat32> gradient = tf.math.mul(gradients.get(index++), scale);
      Op step =
          tf.train.applyAdam(
              weight,
              own.m(),
              own.v(),
              beta1Power,
              beta2Power,
              learningRate,
              tf.constant((float) BETA1),
              tf.constant((float) BETA2),
              tf.constant(EPSILON),
              gradient);
      Ops after = tf.withControlDependencies(List.of(step));
      Operand<TFloat32> difference = after.math.sub(own.average(), weight);
      updates.add(
          after.assignSub(
              own.average(),
              after.math.mul(difference, after.math.sub(after.constant(1f), averageDecay))));
    }
  }

  private static Placeholder<TFloat32> scalar(Ops tf) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
  }

  private static Variable<TFloat32> like(Ops tf, Variable<TFloat32> weight) {
    return tf.variable(weight.asOutput().shape(), TFloat32.class);
  }

  private static List<Operand<TFloat32>> gradients(
      TrainingGraph training, Operand<TFloat32> loss, Map<String, TrainableWeight> trained) {
    Output<?>[] weights =
        trained.values().stream().map(p -> p.variable().asOutput()).toArray(Output<?>[]::new);
    Output<?>[] raw = training.graph().addGradients(loss.asOutput(), weights);
    List<Operand<TFloat32>> gradients = new ArrayList<>();
    int index = 0;
    for (String name : trained.keySet()) {
      if (raw[index] == null) {
        throw new IllegalStateException("the loss does not depend on " + name);
      }
      gradients.add(floats(raw[index++]));
    }
    return gradients;
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> floats(Output<?> output) {
    return (Output<TFloat32>) output;
  }

  private static Operand<TFloat32> norm(Ops tf, List<Operand<TFloat32>> gradients) {
    List<Operand<TFloat32>> squares = new ArrayList<>();
    for (Operand<TFloat32> gradient : gradients) {
      squares.add(tf.math.mul(tf.nn.l2Loss(gradient), tf.constant(2f)));
    }
    return tf.math.sqrt(tf.math.addN(squares));
  }

  /** What a step must run. */
  List<Op> updates() {
    return updates;
  }

  /** The slots of each weight, by the name that {@link TrainingGraph#trained} gives it. */
  Map<String, Slots> slots() {
    return slots;
  }

  Operand<TFloat32> gradientNorm() {
    return gradientNorm;
  }

  /** What a step must feed beside its batch; {@code step} from 1. */
  Map<Placeholder<TFloat32>, Float> feeds(long step, double rate, double decay) {
    return Map.of(
        learningRate,
        (float) rate,
        beta1Power,
        (float) Math.pow(BETA1, step),
        beta2Power,
        (float) Math.pow(BETA2, step),
        averageDecay,
        (float) decay);
  }
}
