package dev.sluice.trainer.evaluate;

import dev.sluice.trainer.emoji.EmojiMeasure;
import dev.sluice.trainer.emoji.EmojiMeasure.Asked;
import dev.sluice.trainer.emoji.EmojiMeasure.Known;
import dev.sluice.trainer.emoji.EmojiMeasure.Recognized;
import dev.sluice.trainer.measure.Nearest;
import dev.sluice.trainer.shapes.Pixels;
import dev.sluice.trainer.system.TrainingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Whether pictures of emoji show what was asked for, and whether they were remembered or made up.
 *
 * <p>What was remembered is nearer to a picture of training than drawings of other things are to
 * each other. How near those are, the real pictures say that were held out: a sample that is nearer
 * than 95 % of them counts as remembered. The sheets show both side by side.
 */
final class EmojiEvaluation {

  private static final double NEAR = 0.05;
  private static final int FEWEST = 2;
  private static final int COLUMNS = 10;
  private static final int SHOWN = 4 * COLUMNS;

  private final EmojiMeasure measure;
  private final PictureSource source;
  private final int atOnce;
  private final Optional<Path> sheets;

  /**
   * @param atOnce captions that the source is asked at the same time
   * @param sheets where samples are shown beside the nearest of training
   */
  EmojiEvaluation(EmojiMeasure measure, PictureSource source, int atOnce, Optional<Path> sheets) {
    this.measure = measure;
    this.source = source;
    this.atOnce = atOnce;
    this.sheets = sheets;
  }

  /**
   * Two Markdown tables: what is recognized, of real pictures too; and how far from training.
   *
   * @param captions of each kind, at most
   */
  String run(int captions, long seed) throws IOException {
    List<Asked> heldOut = measure.heldOut(captions, seed);
    if (heldOut.size() < FEWEST) {
      throw new TrainingException(
          "%d emoji that were held out are too few to compare with; --captions and the set need %d"
              .formatted(heldOut.size(), FEWEST));
    }
    double[] apart = measure.nearest(real(measure.heldOut(Integer.MAX_VALUE, seed))).distance();
    double near = quantile(apart, NEAR);
    StringBuilder seen =
        new StringBuilder(
            "| captions | pictures | likeliest of %,d | among its five | of its kind | color |%n"
                .formatted(measure.classes()));
    seen.append("|---|---|---:|---:|---:|---:|\n");
    StringBuilder far =
        new StringBuilder(
            "| captions | distance to the nearest of training, median | nearer than %.3f | the nearest shows what was asked for |%n"
                .formatted(near));
    far.append("|---|---:|---:|---:|\n");
    far.append(
        String.format(
            Locale.ROOT,
            "| real pictures, held out | %.3f | %.0f %% | |%n",
            quantile(apart, 0.5),
            100 * NEAR));
    kind("as in training", measure.trained(captions, seed), seed, near, seen, far);
    kind("things held out", heldOut, seed, near, seen, far);
    kind("colors new to a thing", measure.newColors(captions, seed), seed, near, seen, far);
    return seen.append('\n').append(far).toString();
  }

  private void kind(
      String title,
      List<Asked> asked,
      long seed,
      double near,
      StringBuilder seen,
      StringBuilder far)
      throws IOException {
    if (asked.size() < FEWEST) {
      return;
    }
    List<float[]> samples = samples(asked, seed, title);
    row(seen, title, "samples", asked, measure.recognized(asked, samples));
    row(seen, title, "real", asked, measure.recognized(asked, real(asked)));
    Nearest nearest = measure.nearest(samples);
    int same = 0;
    for (int i = 0; i < asked.size(); i++) {
      same += known(nearest, i).emoji().equals(asked.get(i).emoji()) ? 1 : 0;
    }
    long remembered = Arrays.stream(nearest.distance()).filter(d -> d < near).count();
    far.append(
        String.format(
            Locale.ROOT,
            "| %s | %.3f | %s | %s |%n",
            title,
            quantile(nearest.distance(), 0.5),
            percent((int) remembered, asked.size()),
            percent(same, asked.size())));
    if (sheets.isPresent()) {
      writeSheet(sheets.get().resolve(title.replace(' ', '-') + ".png"), asked, samples, nearest);
    }
  }

  private List<float[]> samples(List<Asked> asked, long seed, String title) {
    List<float[]> samples = new ArrayList<>();
    for (int start = 0; start < asked.size(); start += atOnce) {
      int end = Math.min(asked.size(), start + atOnce);
      samples.addAll(
          source.pictures(
              asked.subList(start, end).stream().map(Asked::caption).toList(),
              IntStream.range(start, end).mapToLong(i -> seed * 1_000_003L + i).toArray()));
      System.err.printf("%s: %d of %d pictures drawn%n", title, end, asked.size());
    }
    return samples;
  }

  private static List<float[]> real(List<Asked> asked) {
    return asked.stream().map(Asked::real).toList();
  }

  private Known known(Nearest nearest, int row) {
    return measure.known().get(nearest.index()[row]);
  }

  private static void row(
      StringBuilder table, String title, String what, List<Asked> asked, Recognized found) {
    boolean colors = asked.stream().anyMatch(one -> one.color().isPresent());
    table.append(
        "| %s | %s | %s | %s | %s | %s |%n"
            .formatted(
                title,
                what,
                percent(found.first(), asked.size()),
                percent(found.amongFive(), asked.size()),
                percent(found.kind(), asked.size()),
                colors ? percent(found.colored(), asked.size()) : ""));
  }

  private static String percent(int successes, int trials) {
    Proportion share = new Proportion(successes, trials);
    return String.format(
        Locale.ROOT,
        "%.0f %% (%.0f to %.0f)",
        100 * share.share(),
        100 * share.lower(),
        100 * share.upper());
  }

  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
  }

  private void writeSheet(Path file, List<Asked> asked, List<float[]> samples, Nearest nearest)
      throws IOException {
    SampleSheet sheet = new SampleSheet(COLUMNS, 1);
    for (int i = 0; i < asked.size() && sheet.size() < SHOWN; i++) {
      Known known = known(nearest, i);
      add(sheet, asked.get(i).caption(), samples.get(i));
      add(
          sheet,
          String.format(Locale.ROOT, "%.2f: %s", nearest.distance()[i], known.caption()),
          known.picture());
    }
    sheet.write(file);
    System.out.println(file.toAbsolutePath());
  }

  private static void add(SampleSheet sheet, String caption, float[] picture) {
    int side = Pixels.side(picture);
    sheet.add(caption, picture, side, side);
  }
}
