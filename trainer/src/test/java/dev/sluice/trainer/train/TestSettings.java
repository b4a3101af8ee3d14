package dev.sluice.trainer.train;

import java.util.Optional;

/** Settings of small trainings. */
final class TestSettings {

  private TestSettings() {}

  /** With a rate that falls along a cosine, and an average. */
  static TrainingSettings of(int rows, long steps) {
    return of(rows, 1, 1, steps, adam(5e-3, 0));
  }

  static TrainingSettings of(int rows, int accumulated, int shards, long steps, AdamW optimizer) {
    return new TrainingSettings(
        5, rows, accumulated, shards, steps, 0.999, player -> optimizer, Optional.empty());
  }

  static AdamW adam(double rate, double weightDecay) {
    return new AdamW(
        new LearningRate(rate, 1, LearningRate.Course.COSINE, 0.05),
        0.9,
        0.99,
        1e-8,
        weightDecay,
        1);
  }

  static AdamW constant(double rate, double weightDecay, double maxNorm) {
    return new AdamW(
        new LearningRate(rate, 0, LearningRate.Course.CONSTANT, 1),
        0.9,
        0.99,
        1e-8,
        weightDecay,
        maxNorm);
  }
}
