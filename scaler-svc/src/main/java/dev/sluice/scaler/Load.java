package dev.sluice.scaler;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Tasks and their work, by model; parts of tasks where only a share of several is meant. */
final class Load {

  private static final class Sum {
    private double tasks;
    private double declared;
    private double work;
  }

  private final Map<String, Sum> byModel = new TreeMap<>();

  /**
   * @param times how often the task counts
   * @param work 0 for not known
   */
  void add(String model, double work, double times) {
    Sum sum = byModel.computeIfAbsent(model, any -> new Sum());
    sum.tasks += times;
    if (work > 0) {
      sum.declared += times;
      sum.work += times * work;
    }
  }

  /** As much again of every model as there is of it already. */
  void grow(double share) {
    for (Sum sum : byModel.values()) {
      sum.tasks *= 1 + share;
      sum.declared *= 1 + share;
      sum.work *= 1 + share;
    }
  }

  boolean isEmpty() {
    return byModel.isEmpty();
  }

  /** What is declared, and what tasks without a declaration would be if they were as the others. */
  double work() {
    return byModel.values().stream().mapToDouble(Load::work).sum();
  }

  private static double work(Sum sum) {
    return sum.declared > 0 ? sum.work * sum.tasks / sum.declared : 0;
  }

  /**
   * How long a replica works on all of it.
   *
   * @param rate row steps a second by model; NaN for not measured
   * @param assumed seconds of a task of which nothing is known
   */
  double seconds(ToDoubleFunction<String> rate, double assumed) {
    double seconds = 0;
    for (Map.Entry<String, Sum> model : byModel.entrySet()) {
      double measured = rate.applyAsDouble(model.getKey());
      boolean known = measured > 0 && model.getValue().declared > 0;
      seconds += known ? work(model.getValue()) / measured : model.getValue().tasks * assumed;
    }
    return seconds;
  }
}
