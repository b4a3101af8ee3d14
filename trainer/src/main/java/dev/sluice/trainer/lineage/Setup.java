package dev.sluice.trainer.lineage;

import dev.sluice.trainer.fashion.FashionMeasure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a comparison works with.
 *
 * @param data the folder of Fashion-MNIST; empty for Debian's
 * @param models where the shipped models lie
 * @param classifier the folder of the one in whose features samples are measured
 * @param work the folder of what is trained for comparisons
 * @param out the folder of tables and sheets
 * @param steps of an arm's training
 * @param seeds of trainings and of samples
 * @param samples of each arm
 * @param sampleSteps steps of sampling
 * @param scales of classifier-free guidance, ascending
 * @param settings of all arms, in place of the recipe's
 */
record Setup(
    Optional<Path> data,
    Path models,
    Path classifier,
    Path work,
    Path out,
    int steps,
    List<Integer> seeds,
    int samples,
    List<Integer> sampleSteps,
    List<Double> scales,
    List<String> settings) {

  /** The most steps of sampling. */
  int mostSteps() {
    return sampleSteps.get(sampleSteps.size() - 1);
  }

  /** The largest scale of guidance. */
  double largestScale() {
    return scales.get(scales.size() - 1);
  }

  /** Judges samples of Fashion-MNIST. */
  FashionMeasure measure() {
    return new FashionMeasure(classifier, data);
  }
}
