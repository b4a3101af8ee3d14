package dev.sluice.trainer.lineage;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A comparison of models in {@code folder/models}, which writes to {@code folder/out}. */
final class TinySetup {

  private TinySetup() {}

  static Setup of(
      Path folder,
      int steps,
      int samples,
      List<Integer> sampleSteps,
      List<Double> scales,
      List<String> settings) {
    return new Setup(
        Optional.empty(),
        folder.resolve("models"),
        folder,
        folder.resolve("arms"),
        folder.resolve("out"),
        steps,
        List.of(1),
        samples,
        sampleSteps,
        scales,
        settings);
  }
}
