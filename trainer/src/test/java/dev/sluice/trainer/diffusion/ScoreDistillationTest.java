package dev.sluice.trainer.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.diffusion.schedule.BetaSchedule;
import dev.sluice.diffusion.schedule.NoiseSchedule;
import dev.sluice.networks.layer.Gradients;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.diffusion.ScoreDistillation.GradientPath;
import dev.sluice.trainer.diffusion.ScoreDistillation.Weight;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.train.Graphs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class ScoreDistillationTest {

  private static final NoiseSchedule SCHEDULE =
      NoiseSchedule.of(BetaSchedule.LINEAR, 1000, 1e-4, 2e-2);
  private static final ForwardProcess PROCESS = ForwardProcess.variancePreserving(SCHEDULE);

  /** A denoiser that answers with so much of what it is shown, whose Jacobian is that. */
  private static final float SLOPE = 0.3f;

  private static final double SAMPLE = 0.7;

  private static ScoreDistillation distillation(
      Prediction prediction, GradientPath gradient, Weight weight) {
    return new ScoreDistillation(PROCESS, prediction, gradient, weight, 0.02, 0.98, 0.98);
  }

  /** What a sample of one value came to: its timestep, its noise, and the gradient. */
  private static List<Map<String, Double>> steps(ScoreDistillation distillation) {
    Map<String, HostTensor> fed = new LinkedHashMap<>(distillation.batch(0, 10, 1));
    fed.put("sample", new HostTensor.Floats(new float[] {(float) SAMPLE}, 1, 1));
    return Graphs.run(
        1,
        5,
        fed,
        graph -> {
          Ops tf = graph.tf();
          Operand<TFloat32> sample = graph.floats("sample", 1);
          Noised noised = distillation.noised(graph, sample);
          Operand<TFloat32> answer = tf.math.mul(noised.sample(), tf.constant(SLOPE));
          Operand<TFloat32> loss = distillation.loss(graph, noised, answer);
          return Map.of(
              "loss", loss,
              "timestep", graph.mean(noised.timestep()),
              "noise", graph.mean(noised.noise()),
              "gradient", graph.mean(Gradients.of(tf, loss, sample)));
        });
  }

  private static double weight(Weight weight, int t) {
    double noise = SCHEDULE.noise(t);
    return switch (weight) {
      case UNIFORM -> 1;
      case VARIANCE -> noise * noise;
      case CLEAN -> noise / SCHEDULE.signal(t);
    };
  }

  @ParameterizedTest
  @EnumSource(Weight.class)
  void stopped_theGradientIsTheWeighedErrorOfTheNoise(Weight weight) {
    for (Map<String, Double> step :
        steps(distillation(Prediction.NOISE, GradientPath.STOPPED, weight))) {
      int t = step.get("timestep").intValue();
      double noised = SCHEDULE.signal(t) * SAMPLE + SCHEDULE.noise(t) * step.get("noise");
      double error = SLOPE * noised - step.get("noise");

      assertThat(step.get("gradient"))
          .isCloseTo(weight(weight, t) * error, within(1e-4 * (1 + weight(weight, t))));
      assertThat(step.get("error")).isCloseTo(error * error, within(1e-4));
    }
  }

  /** v = signal n - noise x, so the noise that an answer v stands for is signal v + noise z. */
  @Test
  void stopped_answersOfAnyMeaningAreReadAsNoise() {
    for (Map<String, Double> step :
        steps(distillation(Prediction.VELOCITY, GradientPath.STOPPED, Weight.UNIFORM))) {
      int t = step.get("timestep").intValue();
      double noised = SCHEDULE.signal(t) * SAMPLE + SCHEDULE.noise(t) * step.get("noise");
      double seen = SCHEDULE.signal(t) * SLOPE * noised + SCHEDULE.noise(t) * noised;

      assertThat(step.get("gradient")).isCloseTo(seen - step.get("noise"), within(1e-4));
    }
  }

  @Test
  void through_theGradientHasTheDenoisersJacobianInIt() {
    for (Map<String, Double> step :
        steps(distillation(Prediction.NOISE, GradientPath.THROUGH, Weight.VARIANCE))) {
      int t = step.get("timestep").intValue();
      double noised = SCHEDULE.signal(t) * SAMPLE + SCHEDULE.noise(t) * step.get("noise");
      double error = SLOPE * noised - step.get("noise");
      double weight = weight(Weight.VARIANCE, t);

      assertThat(step.get("loss")).isCloseTo(weight * error * error / 2, within(1e-4));
      assertThat(step.get("gradient"))
          .isCloseTo(weight * error * SLOPE * SCHEDULE.signal(t), within(1e-4));
    }
  }

  @Test
  void timesteps_areDrawnFromTheRange_whichFalls() {
    ScoreDistillation falling =
        new ScoreDistillation(
            PROCESS, Prediction.NOISE, GradientPath.STOPPED, Weight.UNIFORM, 0.2, 0.9, 0.4);
    assertRange(falling, 0, 200, 900);
    assertRange(falling, 5, 200, 650);
    assertRange(falling, 10, 200, 400);
  }

  private static void assertRange(ScoreDistillation distillation, long step, int from, int to) {
    int rows = 2000;
    Map<String, HostTensor> fed = new LinkedHashMap<>(distillation.batch(step, 11, rows));
    fed.put("sample", new HostTensor.Floats(new float[rows], rows, 1));
    Map<String, Double> read =
        Graphs.run(
                rows,
                1,
                fed,
                graph -> {
                  Ops tf = graph.tf();
                  Operand<TFloat32> told =
                      distillation.noised(graph, graph.floats("sample", 1)).timestep();
                  return Map.of(
                      "least", tf.reduceMin(told, tf.constant(0)),
                      "most", tf.reduceMax(told, tf.constant(0)));
                })
            .get(0);
    assertThat(read.get("least")).isBetween((double) from, from + 5.0);
    assertThat(read.get("most")).isBetween(to - 5.0, (double) to);
  }

  @Test
  void timesteps_thatAreNone_areRefused() {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(
            () ->
                new ScoreDistillation(
                    PROCESS, Prediction.NOISE, GradientPath.STOPPED, Weight.UNIFORM, 0.5, 0.9, 0.5))
        .withMessageContaining("timesteps.least is 0.5");
  }
}
