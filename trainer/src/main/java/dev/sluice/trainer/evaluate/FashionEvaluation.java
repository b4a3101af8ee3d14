package dev.sluice.trainer.evaluate;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.trainer.fashion.FashionData;
import dev.sluice.trainer.fashion.FashionMeasure;
import dev.sluice.trainer.measure.PictureFeatures;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.measure.SampleScore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * How near the samples of a model of Fashion-MNIST come to its test pictures, in several sets of
 * samples, so that one sees what chance does.
 */
final class FashionEvaluation {

  private static final int SETS = 3;
  private static final int COLUMNS = 10;
  private static final int SHOWN = 8 * COLUMNS;

  private final FashionMeasure measure;
  private final int samples;
  private final long seed;
  private HostTensor.Floats shown;

  /**
   * @param samples of each set
   * @param seed of the first set's noise; the next ones follow
   */
  FashionEvaluation(FashionMeasure measure, int samples, long seed) {
    this.measure = measure;
    this.samples = samples;
    this.seed = seed;
  }

  /** A Markdown table: one row for each measure, mean, smallest and largest of the sets. */
  String table(Path folder, Sampling sampling) {
    List<SampleScore> scores = new ArrayList<>();
    List<Double> asAsked = new ArrayList<>();
    long[] classes = FashionData.inTurn(samples);
    boolean conditional = ModelFolder.open(folder).classes() > 0;
    try (ClassSamples sampler = ClassSamples.of(folder)) {
      for (int set = 0; set < SETS; set++) {
        HostTensor.Floats made = sampler.sample(sampling, classes, seed + set);
        shown = made;
        PictureFeatures.Seen seen = measure.look(made);
        scores.add(measure.score(seen));
        if (conditional) {
          asAsked.add(SampleScore.asAsked(seen, classes));
        }
        System.err.printf("%d of %d sets of %d samples judged%n", set + 1, SETS, samples);
      }
    }
    StringBuilder table = new StringBuilder("| | mean | smallest | largest | real pictures |\n");
    table.append("|---|---:|---:|---:|---:|\n");
    SampleScore floor = measure.floor(samples);
    row(table, "Fréchet distance", scores, floor, SampleScore::frechet);
    row(table, "precision", scores, floor, score -> score.overlap().precision());
    row(table, "recall", scores, floor, score -> score.overlap().recall());
    row(table, "evenness of classes", scores, floor, SampleScore::evenness);
    if (conditional) {
      row(table, "of the class that was asked for", asAsked, measure.accuracy(), share -> share);
    }
    return table.toString();
  }

  /** Writes a sheet of samples of the last set and returns its file. */
  Path writeSheet(Path folder) throws IOException {
    Path file = folder.resolve("fashion.png");
    new PictureSheet(COLUMNS, 2).add(shown, Math.min(SHOWN, samples)).write(file);
    return file;
  }

  private static <T> void row(
      StringBuilder table, String name, List<T> sets, T real, ToDoubleFunction<T> measure) {
    DoubleSummaryStatistics of = sets.stream().mapToDouble(measure).summaryStatistics();
    table.append(
        String.format(
            Locale.ROOT,
            "| %s | %.3f | %.3f | %.3f | %.3f |%n",
            name,
            of.getAverage(),
            of.getMin(),
            of.getMax(),
            measure.applyAsDouble(real)));
  }
}
