package dev.sluice.trainer.train;

import dev.sluice.networks.layer.FirstValue;
import dev.sluice.networks.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** What a training graph computes, read as measures. */
public final class Graphs {

  private Graphs() {}

  /**
   * Runs batches of scalars.
   *
   * @param numbers adds what is to be read
   * @return for each batch, by name
   */
  public static List<Map<String, Double>> run(
      int rows,
      int batches,
      Map<String, HostTensor> fed,
      Function<TrainingGraph, Map<String, Operand<TFloat32>>> numbers) {
    Objective objective =
        new Objective() {
          @Override
          public List<Player> build(TrainingGraph graph) {
            numbers.apply(graph).forEach(graph::measure);
            Component idle = graph.free("idle", FirstValue.ONE, 1);
            return List.of(new Player("idle", graph.mean(graph.values(idle)), List.of(idle)));
          }

          @Override
          public Map<String, HostTensor> batch(long number) {
            return fed;
          }
        };
    List<Map<String, Double>> read = new ArrayList<>();
    try (TrainingLoop loop = new TrainingLoop(objective, TestSettings.of(rows, batches))) {
      loop.run(
          batches,
          1,
          Double.NaN,
          report -> read.add(new LinkedHashMap<>(report.numbers())),
          () -> false);
    }
    return read;
  }
}
