package dev.sluice.trainer.train;

import dev.sluice.trainer.recipe.Recipe;

/**
 * The learning rate over a training: it rises linearly for {@code warmUp} steps and then stays, or
 * falls along half a cosine (Loshchilov and Hutter 2017, eq. 5, without restarts).
 *
 * @param highest after the warm-up
 * @param warmUp steps
 * @param course after the warm-up
 * @param lowestShare of the highest, at the last step of a cosine
 */
public record LearningRate(double highest, long warmUp, Course course, double lowestShare) {

  /** What comes after the warm-up. */
  public enum Course {
    CONSTANT,
    COSINE
  }

  /** Reads {@code rate, warm-up, course, lowest-share}. */
  public static LearningRate of(Recipe recipe) {
    return new LearningRate(
        recipe.number("rate", 0, 1e3),
        recipe.integer("warm-up", 0),
        recipe.choice("course", Course.class),
        recipe.number("lowest-share", 0, 1));
  }

  /**
   * The rate of a step.
   *
   * @param step from 0
   * @param steps in all
   */
  public double at(long step, long steps) {
    if (step < warmUp) {
      return highest * (step + 1) / warmUp;
    }
    return switch (course) {
      case CONSTANT -> highest;
      case COSINE -> {
        double share = Math.min(1, (double) (step - warmUp) / Math.max(1, steps - warmUp));
        yield highest * (lowestShare + (1 - lowestShare) * 0.5 * (1 + Math.cos(Math.PI * share)));
      }
    };
  }
}
