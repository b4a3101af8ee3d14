package dev.sluice.trainer.train;

import java.util.Map;

/**
 * How a training goes, over the steps since the last report.
 *
 * @param step done so far
 * @param steps in all
 * @param numbers means by name: the loss of each player, the norm of its gradient, its learning
 *     rate at the end, and what the objective measures
 * @param rowsPerStep all that a step saw
 * @param rows a second
 * @param rate of the machine's matrix products, 0 to 1; NaN where it was not measured
 */
public record Report(
    long step, long steps, Map<String, Double> numbers, int rowsPerStep, double rows, double rate) {

  /** If it goes on like this. */
  double secondsLeft() {
    return (steps - step) * rowsPerStep / rows;
  }

  /** Told of the training's course. */
  @FunctionalInterface
  public interface Reporter {
    void report(Report report);
  }
}
