package dev.sluice.trainer.train;

import dev.sluice.networks.weights.TrainableWeight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/**
 * A player's gradients, what adds them up over batches, and what {@link AdamW} makes of them.
 *
 * <p>A gradient that is not finite ends the run before anything has changed.
 */
final class PlayerStep {

  private static final int MATRIX = 2;

  /** A weight, its gradient, and what is kept beside it from step to step. */
  private record Slot(
      String name,
      Variable<TFloat32> weight,
      Operand<TFloat32> gradient,
      Variable<TFloat32> sum,
      Variable<TFloat32> m,
      Variable<TFloat32> v) {

    Slot with(Operand<TFloat32> other) {
      return new Slot(name, weight, other, sum, m, v);
    }
  }

  private final Player player;
  private final AdamW optimizer;
  private final TrainingGraph graph;
  private final Numbers numbers;
  private final List<Slot> slots = new ArrayList<>();
  private final List<Operand<TFloat32>> means = new ArrayList<>();
  private final Operand<TFloat32> norm;

  /**
   * @param first the same player of the first form of batches, whose sums and moments this one goes
   *     on with; empty where this is that
   * @param accumulated batches whose gradients make a step
   */
  PlayerStep(
      TrainingGraph graph,
      Player player,
      Optional<PlayerStep> first,
      AdamW optimizer,
      int accumulated) {
    this.graph = graph;
    this.player = player;
    this.optimizer = optimizer;
    Ops tf = graph.tf();
    this.numbers = first.map(PlayerStep::numbers).orElseGet(() -> new Numbers(tf));
    List<String> names = new ArrayList<>();
    List<Variable<TFloat32>> weights = new ArrayList<>();
    for (Component component : player.components()) {
      for (TrainableWeight weight : component.trained()) {
        names.add(component.key(weight));
        weights.add(weight.variable());
      }
    }
    List<Operand<TFloat32>> gradients = gradients(names, weights);
    for (int i = 0; i < weights.size(); i++) {
      Slot slot =
          first.isPresent()
              ? first.get().slots.get(i).with(gradients.get(i))
              : slot(names.get(i), weights.get(i), gradients.get(i), accumulated);
      slots.add(slot);
      means.add(
          slot.sum() == null
              ? gradients.get(i)
              : tf.math.div(
                  tf.math.add(slot.sum(), gradients.get(i)), tf.constant((float) accumulated)));
    }
    this.norm = tf.debugging.checkNumerics(norm(), "the gradient of " + player.name());
  }

  private List<Operand<TFloat32>> gradients(List<String> names, List<Variable<TFloat32>> weights) {
    try {
      return graph.gradients(player, weights);
    } catch (TFInvalidArgumentException e) {
      for (int i = 0; i < weights.size(); i++) {
        if (!graph.isDifferentiable(player, weights.get(i))) {
          throw new IllegalStateException(
              "the loss of %s does not depend on %s".formatted(player.name(), names.get(i)), e);
        }
      }
      throw e;
    }
  }

  private Slot slot(
      String name, Variable<TFloat32> weight, Operand<TFloat32> gradient, int accumulated) {
    Variable<TFloat32> sum = accumulated == 1 ? null : like(weight);
    return new Slot(name, weight, gradient, sum, like(weight), like(weight));
  }

  private Variable<TFloat32> like(Variable<TFloat32> weight) {
    return graph.tf().variable(weight.asOutput().shape(), TFloat32.class);
  }

  private Operand<TFloat32> norm() {
    Ops tf = graph.tf();
    List<Operand<TFloat32>> squares = new ArrayList<>();
    for (Operand<TFloat32> mean : means) {
      squares.add(tf.math.mul(tf.nn.l2Loss(mean), tf.constant(2f)));
    }
    return tf.math.sqrt(tf.math.addN(squares));
  }

  Player player() {
    return player;
  }

  AdamW optimizer() {
    return optimizer;
  }

  Numbers numbers() {
    return numbers;
  }

  /** Of all gradients, before they are cut. */
  Operand<TFloat32> gradientNorm() {
    return norm;
  }

  /** Adds a batch's gradients to those before it. */
  List<Op> accumulations() {
    Ops after = graph.tf().withControlDependencies(List.of(norm));
    List<Op> ops = new ArrayList<>();
    slots.forEach(slot -> ops.add(after.assignAdd(slot.sum(), slot.gradient())));
    return ops;
  }

  /**
   * Moves every weight.
   *
   * @param known what must be computed before any weight changes: the gradients of all players
   * @return the last change of each weight, by its name
   */
  Map<String, Op> updates(List<Operand<TFloat32>> known) {
    Ops tf = graph.tf().withControlDependencies(List.copyOf(known));
    Operand<TFloat32> scale =
        tf.math.minimum(
            tf.constant(1f),
            tf.math.div(
                tf.constant((float) optimizer.maxNorm()), tf.math.add(norm, tf.constant(1e-8f))));
    Map<String, Op> updates = new LinkedHashMap<>();
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      Operand<TFloat32> gradient = tf.math.mul(means.get(i), scale);
      Op moved = moved(decayed(tf, slot, gradient), slot, gradient);
      if (slot.sum() != null) {
        Ops after = graph.tf().withControlDependencies(List.of(moved));
        moved = after.assign(slot.sum(), after.zerosLike(slot.gradient()));
      }
      updates.put(slot.name(), moved);
    }
    return updates;
  }

  private Ops decayed(Ops tf, Slot slot, Operand<TFloat32> gradient) {
    int rank = slot.weight().asOutput().shape().numDimensions();
    if (optimizer.weightDecay() == 0 || rank < MATRIX) {
      return tf;
    }
    Ops after = graph.tf().withControlDependencies(List.of(gradient));
    Operand<TFloat32> share =
        after.math.mul(numbers.rate(), after.constant((float) optimizer.weightDecay()));
    return graph
        .tf()
        .withControlDependencies(
            List.of(after.assignSub(slot.weight(), after.math.mul(slot.weight(), share))));
  }

  private Op moved(Ops tf, Slot slot, Operand<TFloat32> gradient) {
    return tf.train.applyAdam(
        slot.weight(),
        slot.m(),
        slot.v(),
        numbers.beta1Power(),
        numbers.beta2Power(),
        numbers.rate(),
        tf.constant((float) optimizer.beta1()),
        tf.constant((float) optimizer.beta2()),
        tf.constant((float) optimizer.epsilon()),
        gradient);
  }

  /** What is kept from step to step, all zero at first. */
  Map<String, Variable<TFloat32>> variables() {
    Map<String, Variable<TFloat32>> variables = new LinkedHashMap<>();
    for (Slot slot : slots) {
      variables.put("m/" + slot.name(), slot.m());
      variables.put("v/" + slot.name(), slot.v());
      if (slot.sum() != null) {
        variables.put("sum/" + slot.name(), slot.sum());
      }
    }
    return variables;
  }

  /** The trained weights. */
  Map<String, Variable<TFloat32>> weights() {
    Map<String, Variable<TFloat32>> weights = new LinkedHashMap<>();
    slots.forEach(slot -> weights.put(slot.name(), slot.weight()));
    return weights;
  }

  /** The gradient of each weight. */
  Map<String, Operand<TFloat32>> gradients() {
    Map<String, Operand<TFloat32>> gradients = new LinkedHashMap<>();
    slots.forEach(slot -> gradients.put(slot.name(), slot.gradient()));
    return gradients;
  }
}
