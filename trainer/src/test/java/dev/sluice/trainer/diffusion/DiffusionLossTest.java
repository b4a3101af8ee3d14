package dev.sluice.trainer.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.diffusion.schedule.BetaSchedule;
import dev.sluice.diffusion.schedule.NoiseSchedule;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.trainer.train.Graphs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class DiffusionLossTest {

  private static final int ROWS = 64;
  private static final int SIDE = 8;
  private static final ForwardProcess PROCESS =
      ForwardProcess.variancePreserving(NoiseSchedule.of(BetaSchedule.LINEAR, 1000, 1e-4, 2e-2));

  private static Map<String, HostTensor> pictures(float level) {
    float[] values = new float[ROWS * SIDE * SIDE];
    Arrays.fill(values, level);
    return Map.of("clean", new HostTensor.Floats(values, ROWS, 1, SIDE, SIDE));
  }

  private static DiffusionLoss simple(ForwardProcess process, Prediction prediction) {
    return new DiffusionLoss(process, prediction, new Weighting.Simple(), Optional.empty());
  }

  private static Operand<TFloat32> last(Ops tf, Operand<TFloat32> scalarPerRow) {
    return tf.math.mean(scalarPerRow, tf.constant(0));
  }

  @Test
  void noised_mixesPictureAndNoiseByTheSchedule() {
    List<Map<String, Double>> read =
        Graphs.run(
            ROWS,
            2,
            pictures(0.5f),
            graph -> {
              Ops tf = graph.tf();
              Noised noised =
                  simple(PROCESS, Prediction.NOISE)
                      .noised(graph, graph.floats("clean", 1, SIDE, SIDE));
              Operand<TFloat32> signal =
                  Tables.look(tf, t -> PROCESS.signal()[t], 1000, noised.index(), 4);
              Operand<TFloat32> noise =
                  Tables.look(tf, t -> PROCESS.noise()[t], 1000, noised.index(), 4);
              Operand<TFloat32> mixed =
                  tf.math.add(
                      tf.math.mul(signal, noised.clean()), tf.math.mul(noise, noised.noise()));
              return Map.of(
                  "off", graph.mean(tf.math.squaredDifference(mixed, noised.sample())),
                  "mean", graph.mean(noised.noise()),
                  "square", graph.mean(tf.math.square(noised.noise())),
                  "timestep", last(tf, noised.timestep()));
            });

    assertThat(read.get(0).get("off")).isCloseTo(0, within(1e-10));
    assertThat(read.get(0).get("mean")).isCloseTo(0, within(0.06));
    assertThat(read.get(0).get("square")).isCloseTo(1, within(0.1));
    assertThat(read.get(0).get("timestep")).isCloseTo(500, within(140.0));
    assertThat(read.get(1).get("mean"))
        .as("another batch, other noise")
        .isNotEqualTo(read.get(0).get("mean"));
  }

  @ParameterizedTest
  @EnumSource(Prediction.class)
  void loss_isZeroForTheRightAnswerAndTheWeightForOneThatIsOffByOne(Prediction prediction) {
    Weighting weighting = new Weighting.MinSnr(5, 0);
    DiffusionLoss loss = new DiffusionLoss(PROCESS, prediction, weighting, Optional.empty());
    Map<String, Double> read =
        Graphs.run(
                ROWS,
                1,
                pictures(0.5f),
                graph -> {
                  Ops tf = graph.tf();
                  Noised noised = loss.noised(graph, graph.floats("clean", 1, SIDE, SIDE));
                  Operand<TFloat32> right = loss.target(tf, noised);
                  return Map.of(
                      "right", loss.of(graph, noised, right),
                      "off", loss.of(graph, noised, tf.math.add(right, tf.constant(1f))),
                      "weight",
                          last(
                              tf,
                              Tables.look(
                                  tf,
                                  t -> weighting.of(PROCESS, prediction, t),
                                  1000,
                                  noised.index(),
                                  1)));
                })
            .get(0);

    assertThat(read.get("right")).isEqualTo(0);
    assertThat(read.get("off")).isCloseTo(read.get("weight"), within(1e-3 * read.get("weight")));
  }

  @ParameterizedTest
  @EnumSource(Prediction.class)
  void clean_isWhatTheRightAnswerStandsFor(Prediction prediction) {
    DiffusionLoss loss = simple(PROCESS, prediction);
    Map<String, Double> read =
        Graphs.run(
                ROWS,
                1,
                pictures(0.5f),
                graph -> {
                  Ops tf = graph.tf();
                  // Where nearly all is noise, float32 has nothing left of the picture.
                  Noised noised =
                      loss.noised(graph, graph.floats("clean", 1, SIDE, SIDE), graph.integers(700));
                  Operand<TFloat32> clean = loss.clean(tf, noised, loss.target(tf, noised));
                  return Map.of(
                      "off", graph.mean(tf.math.squaredDifference(clean, noised.clean())));
                })
            .get(0);

    assertThat(read.get("off")).isCloseTo(0, within(1e-6));
  }

  @Test
  void logitNormal_drawsTheMiddleMoreOften() {
    ForwardProcess flow =
        ForwardProcess.rectifiedFlow(1000, Optional.of(new ForwardProcess.LogitNormal(0, 1)));
    Map<String, Double> read =
        Graphs.run(
                4096,
                1,
                Map.of("clean", new HostTensor.Floats(new float[4096 * 2], 4096, 2)),
                graph -> {
                  Ops tf = graph.tf();
                  Noised noised =
                      simple(flow, Prediction.FLOW).noised(graph, graph.floats("clean", 2));
                  Operand<TFloat32> far =
                      tf.math.abs(tf.math.sub(noised.timestep(), tf.constant(500f)));
                  return Map.of(
                      "mean", last(tf, noised.timestep()),
                      "middle",
                          last(
                              tf,
                              tf.dtypes.cast(
                                  tf.math.less(far, tf.constant(231.06f)), TFloat32.class)));
                })
            .get(0);

    assertThat(read.get("mean")).isCloseTo(500, within(15.0));
    // sigmoid(1) = 0.731: a normal number is within one spread 68 % of the time.
    assertThat(read.get("middle")).isCloseTo(0.683, within(0.03));
  }

  /** A network that knows all has the posterior's variance: there the bound is at its least. */
  @Test
  void learnedVariance_isLeastWhereTheMeanIsRightAndTheVarianceThePosteriors() {
    DiffusionLoss loss =
        new DiffusionLoss(
            PROCESS,
            Prediction.NOISE,
            new Weighting.Simple(),
            Optional.of(new LearnedVariance(PROCESS, Prediction.NOISE, 0.001)));
    Map<String, Double> read =
        Graphs.run(
                ROWS,
                1,
                pictures(0.5f),
                graph -> {
                  Ops tf = graph.tf();
                  Noised noised = loss.noised(graph, graph.floats("clean", 1, SIDE, SIDE));
                  Operand<TFloat32> zeros = tf.zerosLike(noised.noise());
                  Operand<TFloat32> least = tf.math.sub(zeros, tf.constant(1f));
                  Operand<TFloat32> most = tf.math.add(zeros, tf.constant(1f));
                  Operand<TFloat32> wrong = tf.math.add(noised.noise(), tf.constant(0.1f));
                  return Map.of(
                      "right",
                          loss.of(
                              graph,
                              noised,
                              tf.concat(List.of(noised.noise(), least), tf.constant(1))),
                      "wide",
                          loss.of(
                              graph,
                              noised,
                              tf.concat(List.of(noised.noise(), most), tf.constant(1))),
                      "wrong",
                          loss.of(graph, noised, tf.concat(List.of(wrong, least), tf.constant(1))));
                })
            .get(0);

    assertThat(read.get("right")).isBetween(-1e-5, 0.02);
    assertThat(read.get("wide")).isGreaterThan(read.get("right"));
    assertThat(read.get("wrong")).isGreaterThan(read.get("right") + 0.01);
  }

  /** Numbers of a normal distribution's table. */
  @Test
  void divergenceAndSurprise_areTheirIntegrals() {
    Map<String, Double> read =
        Graphs.run(
                1,
                1,
                Map.of(),
                graph -> {
                  Ops tf = graph.tf();
                  Operand<TFloat32> zero = tf.constant(0f);
                  Operand<TFloat32> one = tf.constant(1f);
                  Operand<TFloat32> narrow = tf.constant((float) (2 * Math.log(1 / 255.0)));
                  return Map.of(
                      "same", LearnedVariance.divergence(tf, zero, zero, zero, zero),
                      "apart", LearnedVariance.divergence(tf, zero, zero, one, zero),
                      "wider",
                          LearnedVariance.divergence(
                              tf, zero, zero, zero, tf.constant((float) Math.log(4))),
                      "level", LearnedVariance.surprise(tf, zero, zero, narrow),
                      "white", LearnedVariance.surprise(tf, one, one, narrow));
                })
            .get(0);

    assertThat(read.get("same")).isCloseTo(0, within(1e-6));
    assertThat(read.get("apart")).isCloseTo(0.5, within(1e-6));
    assertThat(read.get("wider")).isCloseTo(0.5 * (Math.log(4) + 0.25 - 1), within(1e-6));
    // One spread to each side; at white, one below and all above.
    assertThat(read.get("level")).isCloseTo(-Math.log(0.6826895), within(1e-5));
    assertThat(read.get("white")).isCloseTo(-Math.log(0.8413447), within(1e-5));
  }
}
