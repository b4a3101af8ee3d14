package dev.sluice.trainer.vq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.catalog.Config;
import dev.sluice.networks.autoencoder.VqVae2Model;
import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.safetensors.SafetensorsFile;
import dev.sluice.trainer.train.AdamW;
import dev.sluice.trainer.train.Component;
import dev.sluice.trainer.train.LearningRate;
import dev.sluice.trainer.train.Objective;
import dev.sluice.trainer.train.Player;
import dev.sluice.trainer.train.TrainingGraph;
import dev.sluice.trainer.train.TrainingLoop;
import dev.sluice.trainer.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class MovingCodebookTest {

  private static final String LEVEL = "bottom";
  private static final Map<String, Object> CONFIG =
      Map.of(
          "block_out_channels", List.of(4),
          "norm_num_groups", 2,
          "num_vq_embeddings", 2,
          "vq_embed_dim", 2);

  @TempDir private Path folder;

  /**
   * Encodings that are given, in place of a network's: those of each row and the entry that each is
   * the nearest to.
   */
  private record Given(MovingCodebook moving, float[] encodings, float[] codes)
      implements Objective {

    @Override
    public List<Player> build(TrainingGraph graph) {
      Ops tf = graph.tf();
      Component network =
          graph
              .trained("vqvae", new VqVae2Model(Config.of(CONFIG)), weight -> false)
              .startingWith(VqVae2Model.codebook(LEVEL), new float[] {5, 5, 7, 7});
      graph.build(network, Map.of("x", graph.floats("x", 3, 2, 2)));
      Map<String, Operand<TFloat32>> encoded = new LinkedHashMap<>();
      encoded.put(LEVEL + "_encoded", graph.floats("encodings", 2, 1, 1));
      encoded.put(LEVEL + "_codes", graph.floats("codes", 1, 1, 1));
      moving.move(graph, network, LEVEL, encoded);
      Component idle = graph.free("idle", FirstValue.ONE, 1);
      return List.of(new Player("idle", graph.mean(graph.values(idle)), List.of(idle)));
    }

    @Override
    public Map<String, HostTensor> batch(long number) {
      int rows = codes.length;
      return Map.of(
          "x", new HostTensor.Floats(new float[rows * 12], rows, 3, 2, 2),
          "encodings", new HostTensor.Floats(encodings, rows, 2, 1, 1),
          "codes", new HostTensor.Floats(codes, rows, 1, 1, 1));
    }
  }

  private Map<String, float[]> after(int steps, int shards, Given given) throws IOException {
    AdamW still =
        new AdamW(new LearningRate(0, 0, LearningRate.Course.CONSTANT, 1), 0.9, 0.99, 1e-8, 0, 1);
    TrainingSettings settings =
        new TrainingSettings(
            5, given.codes.length, 1, shards, steps, 0, player -> still, Optional.empty());
    Path save = folder.resolve("save-" + shards + ".safetensors");
    try (TrainingLoop loop = new TrainingLoop(given, settings)) {
      loop.run(steps, 1, Double.NaN, report -> {}, () -> false);
      loop.save(save, Map.of());
    }
    try (SafetensorsFile file = SafetensorsFile.open(save)) {
      return Map.of(
          "codebook", file.floats("weight/vqvae/" + VqVae2Model.codebook(LEVEL)),
          "uses", file.floats("state/" + LEVEL + "_uses"));
    }
  }

  /** Four encodings: three at the first entry, whose mean is (2, 4), one at the second. */
  private static Given given(double dead) {
    return new Given(
        new MovingCodebook(0.5, dead),
        new float[] {1, 2, 2, 4, 3, 6, 9, 9},
        new float[] {0, 0, 0, 1});
  }

  @Test
  void move_bringsEntriesToTheMeansOfWhatIsNearThem_inShardsAsInOne() throws IOException {
    for (int shards : new int[] {1, 2}) {
      Map<String, float[]> moved = after(2, shards, given(0));
      assertThat(moved.get("codebook")).containsExactly(new float[] {2, 4, 9, 9}, within(1e-5f));
      // Uses of 3 and 1 a batch, after two averages of a half; then the sums.
      assertThat(moved.get("uses"))
          .containsExactly(new float[] {2.25f, 4.5f, 9, 0.75f, 6.75f, 6.75f}, within(1e-4f));
    }
  }

  @Test
  void move_hasUnusedEntriesBeginAgainAmongTheEncodings() throws IOException {
    // Nobody is near the second entry.
    Given given =
        new Given(
            new MovingCodebook(0.5, 0.5),
            new float[] {1, 2, 2, 4, 3, 6, 9, 8},
            new float[] {0, 0, 0, 0});
    Map<String, float[]> moved = after(1, 1, given);
    float[] second = Arrays.copyOfRange(moved.get("codebook"), 2, 4);
    assertThat(List.of(List.of(1f, 2f), List.of(2f, 4f), List.of(3f, 6f), List.of(9f, 8f)))
        .contains(List.of(second[0], second[1]));
    // Two uses a batch would be the mean of both; half of that keeps an entry, twice that begins
    // it.
    assertThat(moved.get("uses")[3]).isEqualTo(2);
  }

  @Test
  void encoded_getsTheGradientOfWhatTakesItsPlace() throws IOException {
    // d(sum of quantized) / d(encoded) is one wherever the entries are: the biases before the
    // quantiser move, though argmin has no gradient.
    Objective objective =
        new Objective() {
          @Override
          public List<Player> build(TrainingGraph graph) {
            Component network =
                graph.trained(
                    "vqvae",
                    new VqVae2Model(Config.of(CONFIG)),
                    weight -> weight.equals("quant_conv.bias"));
            Operand<TFloat32> quantized =
                graph
                    .build(network, Map.of("x", graph.floats("x", 3, 2, 2)))
                    .get("bottom_quantized");
            return List.of(new Player("vqvae", graph.mean(quantized), List.of(network)));
          }

          @Override
          public Map<String, HostTensor> batch(long number) {
            return Map.of("x", new HostTensor.Floats(new float[12], 1, 3, 2, 2));
          }
        };
    AdamW any =
        new AdamW(
            new LearningRate(0.1, 0, LearningRate.Course.CONSTANT, 1), 0.9, 0.99, 1e-8, 0, 1e9);
    TrainingSettings settings =
        new TrainingSettings(5, 1, 1, 1, 1, 0, player -> any, Optional.empty());
    try (TrainingLoop loop = new TrainingLoop(objective, settings)) {
      loop.run(
          1,
          1,
          Double.NaN,
          report ->
              // Two channels, each of which is half of the mean.
              assertThat(report.numbers().get("vqvae/gradient"))
                  .isCloseTo(Math.sqrt(0.5), within(1e-5)),
          () -> false);
    }
  }
}
