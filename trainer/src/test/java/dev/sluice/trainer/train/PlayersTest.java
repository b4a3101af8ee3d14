package dev.sluice.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.networks.layer.Architecture;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.layer.Inputs;
import dev.sluice.networks.layer.Layers;
import dev.sluice.networks.layer.Scope;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** What an optimizer does is checked on weights whose gradients are known. */
class PlayersTest {

  @TempDir private Path folder;

  private record Built(Function<TrainingGraph, List<Player>> builder) implements Objective {
    @Override
    public List<Player> build(TrainingGraph graph) {
      return builder.apply(graph);
    }

    @Override
    public Map<String, HostTensor> batch(long number) {
      return Map.of("number", new HostTensor.Floats(new float[] {number, number}, 2));
    }
  }

  private static TrainingLoop loop(
      AdamW optimizer, int accumulated, Function<TrainingGraph, List<Player>> builder) {
    return new TrainingLoop(
        new Built(builder),
        new TrainingSettings(1, 2, accumulated, 1, 100, 0, player -> optimizer, Optional.empty()));
  }

  private static void run(TrainingLoop loop, long until) {
    loop.run(until, 1, Double.NaN, report -> {}, () -> false);
  }

  private float[] values(TrainingLoop loop, String name) throws IOException {
    Path save = folder.resolve("save.safetensors");
    loop.save(save, Map.of());
    try (SafetensorsFile file = SafetensorsFile.open(save)) {
      return file.floats(name);
    }
  }

  private static Operand<TFloat32> sum(TrainingGraph graph, Operand<TFloat32> x) {
    return graph.tf().math.mul(graph.mean(x), graph.tf().constant((float) x.shape().size()));
  }

  @Test
  void adam_firstStepsAreTheLearningRateLong() throws IOException {
    try (TrainingLoop loop =
        loop(
            TestSettings.constant(0.1, 0, 1e9),
            1,
            graph -> {
              Component free = graph.free("picture", FirstValue.ONE, 3);
              return List.of(new Player("one", sum(graph, graph.values(free)), List.of(free)));
            })) {
      run(loop, 2);

      assertThat(values(loop, "weight/picture/values"))
          .containsExactly(new float[] {0.8f, 0.8f, 0.8f}, within(1e-5f));
    }
  }

  @Test
  void weightDecay_isBesideTheGradientAndSparesVectors() throws IOException {
    try (TrainingLoop loop =
        loop(
            TestSettings.constant(0.1, 0.5, 1e9),
            1,
            graph -> {
              Component matrix = graph.free("matrix", FirstValue.ONE, 1, 2);
              Component vector = graph.free("vector", FirstValue.ONE, 2);
              Operand<TFloat32> loss =
                  graph
                      .tf()
                      .math
                      .add(sum(graph, graph.values(matrix)), sum(graph, graph.values(vector)));
              return List.of(new Player("one", loss, List.of(matrix, vector)));
            })) {
      run(loop, 1);

      // 1 - 0.1 * 0.5 of the decay, - 0.1 of the step.
      assertThat(values(loop, "weight/matrix/values"))
          .containsExactly(new float[] {0.85f, 0.85f}, within(1e-5f));
      assertThat(values(loop, "weight/vector/values"))
          .containsExactly(new float[] {0.9f, 0.9f}, within(1e-5f));
    }
  }

  @Test
  void gradients_areCutToTheNormOverAllWeights() throws IOException {
    try (TrainingLoop loop =
        loop(
            TestSettings.constant(0.1, 0, 1),
            1,
            graph -> {
              Component three = graph.free("three", FirstValue.ONE, 1);
              Component four = graph.free("four", FirstValue.ONE, 1);
              Ops tf = graph.tf();
              Operand<TFloat32> loss =
                  tf.math.add(
                      tf.math.mul(sum(graph, graph.values(three)), tf.constant(3f)),
                      tf.math.mul(sum(graph, graph.values(four)), tf.constant(4f)));
              return List.of(new Player("one", loss, List.of(three, four)));
            })) {
      run(loop, 1);

      // The mean of gradients after a step is a tenth of 3/5 and 4/5.
      assertThat(values(loop, "m/three/values")[0]).isCloseTo(0.06f, within(1e-6f));
      assertThat(values(loop, "m/four/values")[0]).isCloseTo(0.08f, within(1e-6f));
    }
  }

  @Test
  void accumulated_gradientsAreTheMeanOverBatches() throws IOException {
    try (TrainingLoop loop =
        loop(
            TestSettings.constant(0.1, 0, 1e9),
            2,
            graph -> {
              Component free = graph.free("w", FirstValue.ONE, 1);
              Operand<TFloat32> loss =
                  graph
                      .tf()
                      .math
                      .mul(sum(graph, graph.values(free)), graph.mean(graph.floats("number")));
              return List.of(new Player("one", loss, List.of(free)));
            })) {
      run(loop, 1);
      // Of batches 0 and 1.
      assertThat(values(loop, "m/w/values")[0]).isCloseTo(0.1f * 0.5f, within(1e-6f));

      run(loop, 2);
      // Of batches 2 and 3, and nothing left of those before.
      assertThat(values(loop, "m/w/values")[0])
          .isCloseTo(0.9f * 0.05f + 0.1f * 2.5f, within(1e-6f));
    }
  }

  @Test
  void players_moveTheirOwnWeightsFromWhereAllStood() throws IOException {
    try (TrainingLoop loop =
        loop(
            TestSettings.constant(0.1, 0, 1e9),
            1,
            graph -> {
              Component one = graph.free("one", FirstValue.ONE, 1);
              Component other = graph.free("other", FirstValue.ONE, 1);
              Operand<TFloat32> product =
                  sum(graph, graph.tf().math.mul(graph.values(one), graph.values(other)));
              return List.of(
                  new Player("down", product, List.of(one)),
                  new Player("up", graph.tf().math.neg(product), List.of(other)));
            })) {
      run(loop, 1);

      assertThat(values(loop, "weight/one/values")[0]).isCloseTo(0.9f, within(1e-5f));
      assertThat(values(loop, "weight/other/values")[0]).isCloseTo(1.1f, within(1e-5f));
      assertThat(values(loop, "m/other/values")[0])
          .as("the gradient by what the other was before")
          .isCloseTo(-0.1f, within(1e-6f));
    }
  }

  @Test
  void state_isChangedWithoutAGradientAndSaved() throws IOException {
    try (TrainingLoop loop =
        loop(
            TestSettings.constant(0.1, 0, 1e9),
            1,
            graph -> {
              Component free = graph.free("w", FirstValue.ONE, 1);
              Variable<TFloat32> count = graph.state("count", new float[] {5}, 1);
              graph.afterBatch(tf -> tf.assignAdd(count, tf.constant(new float[] {2})));
              return List.of(new Player("one", sum(graph, graph.values(free)), List.of(free)));
            })) {
      run(loop, 3);

      assertThat(values(loop, "state/count")).containsExactly(11);
    }
  }

  /** y = W x. */
  private static final class Line implements Architecture {
    @Override
    public Map<String, Operand<TFloat32>> build(Scope root, Inputs inputs) {
      return Map.of("y", Layers.linear(root.in("line"), inputs.floats(root.tf(), "x"), 1, false));
    }

    @Override
    public Map<String, HostTensor> exampleInputs() {
      return Map.of("x", new HostTensor.Floats(new float[1], 1, 1));
    }
  }

  @Test
  void frozen_networksStayAndLetGradientsThrough() throws IOException {
    Path teacher = folder.resolve("teacher");
    try (TrainingLoop loop =
        loop(
            TestSettings.constant(0.1, 0, 1e9),
            1,
            graph -> {
              Component line =
                  graph.trained("line", new Line()).startingWith("line.weight", new float[] {3});
              Operand<TFloat32> x = graph.tf().reshape(graph.floats("number"), rowsOfOne(graph));
              Operand<TFloat32> y = graph.build(line, Map.of("x", x)).get("y");
              return List.of(new Player("one", graph.mean(y), List.of(line)));
            })) {
      loop.export("line", teacher.resolve("diffusion_pytorch_model.safetensors"));
    }

    try (TrainingLoop loop =
        loop(
            TestSettings.constant(0.1, 0, 1e9),
            1,
            graph -> {
              Component free = graph.free("w", FirstValue.ONE, 2, 1);
              Component line = graph.frozen("line", new Line(), teacher);
              Operand<TFloat32> y = graph.build(line, Map.of("x", graph.values(free))).get("y");
              return List.of(new Player("one", sum(graph, y), List.of(free)));
            })) {
      run(loop, 1);

      Path stayed = folder.resolve("stayed.safetensors");
      loop.export("line", stayed);
      assertThat(stayed)
          .hasSameBinaryContentAs(teacher.resolve("diffusion_pytorch_model.safetensors"));
      assertThat(values(loop, "m/w/values"))
          .containsExactly(new float[] {0.3f, 0.3f}, within(1e-6f));
      try (SafetensorsFile save = SafetensorsFile.open(folder.resolve("save.safetensors"))) {
        assertThat(save.names()).as("its folder has it").doesNotContain("weight/line/line.weight");
      }
    }
  }

  private static Operand<org.tensorflow.types.TInt32> rowsOfOne(TrainingGraph graph) {
    return graph.tf().constant(new int[] {-1, 1});
  }

  @Test
  void aLossThatIsNoNumber_endsTheRunWithTheLayerAndChangesNothing() throws IOException {
    try (TrainingLoop loop =
        loop(
            TestSettings.constant(0.1, 0, 1e9),
            1,
            graph -> {
              Component line =
                  graph.trained("line", new Line()).startingWith("line.weight", new float[] {3});
              Ops tf = graph.tf();
              // Infinite at batch 2.
              Operand<TFloat32> x =
                  tf.math.div(
                      tf.constant(1f),
                      tf.math.sub(
                          tf.reshape(graph.floats("number"), rowsOfOne(graph)), tf.constant(2f)));
              Operand<TFloat32> y = graph.build(line, Map.of("x", x)).get("y");
              return List.of(new Player("one", graph.mean(y), List.of(line)));
            })) {
      run(loop, 2);
      float[] before = values(loop, "weight/line/line.weight");

      assertThatExceptionOfType(NonFiniteException.class)
          .isThrownBy(() -> run(loop, 5))
          .withMessageContaining("step 2")
          .withMessageContaining("line/line");
      assertThat(loop.step()).isEqualTo(2);
      assertThat(values(loop, "weight/line/line.weight")).containsExactly(before);
    }
  }

  @Test
  void aLossThatDoesNotNeedAWeight_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                loop(
                    TestSettings.constant(0.1, 0, 1),
                    1,
                    graph -> {
                      Component used = graph.free("used", FirstValue.ONE, 1);
                      Component unused = graph.free("unused", FirstValue.ONE, 1);
                      return List.of(
                          new Player("one", sum(graph, graph.values(used)), List.of(used, unused)));
                    }))
        .withMessageContaining("the loss of one does not depend on unused/values");
  }
}
