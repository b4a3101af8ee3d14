package dev.sluice.diffusion.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.sampling.SamplingPlan;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where the data are normal with mean m and deviation d, everything is known: the best answer of a
 * network, the score, and that of the same data seen through a normal likelihood.
 */
class NoiseLevelTest {

  private static final double MEAN = 0.4;
  private static final double VARIANCE = 0.25;
  private static final Offset<Float> NEAR = Offset.offset(1e-4f);

  private record Case(String sampler, String prediction) {

    SamplingPlan plan() {
      return Samplers.fromConfig(Map.of("_class_name", sampler, "prediction_type", prediction))
          .plan(8);
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case("DDIMScheduler", "epsilon"),
        new Case("DDIMScheduler", "sample"),
        new Case("DDIMScheduler", "v_prediction"),
        new Case("EulerDiscreteScheduler", "epsilon"),
        new Case("EulerDiscreteScheduler", "v_prediction"),
        new Case("DPMSolverMultistepScheduler", "v_prediction"),
        new Case("FlowMatchEulerDiscreteScheduler", "flow_prediction"));
  }

  /** The mean of x_0 given the network's input, for normal data. */
  private static double original(NoiseLevel level, double input, double mean, double variance) {
    double a = level.signal();
    double b = level.noise();
    return mean + variance * a / (a * a * variance + b * b) * (input - a * mean);
  }

  private static float answer(NoiseLevel level, double input, double mean, double variance) {
    double clean = original(level, input, mean, variance);
    double noise = (input - level.signal() * clean) / level.noise();
    return (float)
        switch (level.prediction()) {
          case EPSILON -> noise;
          case SAMPLE -> clean;
          case V_PREDICTION -> level.signal() * noise - level.noise() * clean;
          case FLOW -> noise - clean;
        };
  }

  @ParameterizedTest
  @MethodSource("cases")
  void original_isTheCleanSampleThatTheAnswerStandsFor(Case given) {
    SamplingPlan plan = given.plan();
    for (int i = 1; i < plan.length(); i++) {
      NoiseLevel level = plan.level(i);
      float[] answer = {answer(level, 0.7, MEAN, VARIANCE)};

      assertThat(level.original(answer, new float[] {0.7f})[0])
          .isCloseTo((float) original(level, 0.7, MEAN, VARIANCE), NEAR);
    }
  }

  /**
   * A likelihood of x_0 that is normal too makes the data normal again, by Bayes. The gradient of
   * its logarithm with respect to the input is the difference of both scores, and an answer steered
   * by that must be the best answer for the data so seen.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void steered_answersForTheDataThatTheLikelihoodLeaves(Case given) {
    double seen = -0.6;
    double precision = 1 / VARIANCE + 1 / 0.5;
    double mean = (MEAN / VARIANCE + seen / 0.5) / precision;
    double variance = 1 / precision;
    SamplingPlan plan = given.plan();
    for (int i = 1; i < plan.length(); i++) {
      NoiseLevel level = plan.level(i);
      float[] answer = {answer(level, 0.7, MEAN, VARIANCE), 9};
      double gradient = score(level, 0.7, mean, variance) - score(level, 0.7, MEAN, VARIANCE);

      float[] steered = level.steered(answer, new float[] {(float) gradient}, 1);

      assertThat(steered[0]).isCloseTo(answer(level, 0.7, mean, variance), NEAR);
      assertThat(steered[1]).as("the variance").isEqualTo(9);
      assertThat(level.steered(answer, new float[] {(float) gradient}, 0)).isEqualTo(answer);
    }
  }

  private static double score(NoiseLevel level, double input, double mean, double variance) {
    double a = level.signal();
    double b = level.noise();
    return -(input - a * mean) / (a * a * variance + b * b);
  }

  @Test
  void level_ofAnAlphaBarIsItsRoots() {
    NoiseLevel level = new Case("DDIMScheduler", "epsilon").plan().level(3);

    assertThat(level.signal() * level.signal() + level.noise() * level.noise()).isCloseTo(1, NEAR);
  }

  @Test
  void steered_leavesPureNoiseAlone() {
    NoiseLevel pure = new NoiseLevel(0, 1, PredictionType.V_PREDICTION);

    assertThat(pure.steered(new float[] {3}, new float[] {5}, 2)).containsExactly(3);
  }
}
