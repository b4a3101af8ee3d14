package dev.sluice.trainer.lineage;

import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.evaluate.ServedPictures;
import dev.sluice.trainer.latent.ShapesTurbo;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.measure.PictureSheet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Sauer et al. 2023, tables 1 and 2: a student in one to four steps against its teacher in as few
 * and in many; and without the critic, and without the teacher, at equal steps of training.
 */
final class TurboClaim implements Claim {

  private static final int AT_ONCE = 16;
  private static final int SHOWN = 12;

  /** Those that the student was asked at, as parts of four. */
  private static final List<Integer> FEW = List.of(1, 2, 4);

  @Override
  public String name() {
    return "turbo";
  }

  @Override
  public List<String> models() {
    return List.of("shapes-ldm", "shapes-turbo");
  }

  @Override
  public void run(Setup setup) throws IOException {
    HeldOut captions = HeldOut.of(setup);
    Comparison comparison = new Comparison(setup, captions);
    Path teacher = setup.models().resolve("shapes-ldm");
    double scale = setup.largestScale();
    List<Integer> fewAndMost = new ArrayList<>(FEW);
    fewAndMost.add(setup.mostSteps());
    comparison.add("teacher", teacher, fewAndMost, scale);
    comparison.add("student", setup.models().resolve("shapes-turbo"), FEW, 1);
    if (setup.steps() > 0) {
      arm(setup, comparison, "both");
      arm(setup, comparison, "without the critic", "phases.distillation.critic.weight=0");
      arm(setup, comparison, "without the teacher", "phases.distillation.teacher.weight=0");
    }
    comparison.sheet.write(setup.out().resolve("turbo-samples.png"));
  }

  private static void arm(Setup setup, Comparison comparison, String name, String... settings)
      throws IOException {
    Arms.Arm arm =
        new Arms(setup)
            .train(
                new ShapesTurbo(),
                "turbo-" + name.replace(' ', '-'),
                List.of(List.of("phases.distillation.steps=" + setup.steps()), List.of(settings))
                    .stream()
                    .flatMap(List::stream)
                    .toList());
    comparison.add("%d steps of training, %s".formatted(setup.steps(), name), arm.model(), FEW, 1);
  }

  /** The table and the sheet, a row each for a model and a number of steps. */
  private static final class Comparison {

    private final HeldOut captions;
    private final Table table;
    final PictureSheet sheet = new PictureSheet(SHOWN, 2);

    Comparison(Setup setup, HeldOut captions) {
      this.captions = captions;
      this.table =
          new Table(
              setup.out().resolve("turbo.md"),
              "A picture of each of %d captions that were held out of training"
                  .formatted(captions.count()),
              "model",
              "steps",
              "rows of the network",
              "all right (%)",
              "95 % interval",
              "colors on their shapes (%)");
    }

    /** A row for each number of steps. */
    void add(String name, Path model, List<Integer> steps, double scale) throws IOException {
      try (ServedPictures served = ServedPictures.of(model, AT_ONCE)) {
        for (int count : steps) {
          SamplingSettings sampling =
              SamplingSettings.newBuilder().setSteps(count).setGuidanceScale(scale).build();
          row(name, count, scale, served.answers(captions.requests(sampling, 0)));
        }
      }
    }

    private void row(String name, int steps, double scale, List<float[]> pictures)
        throws IOException {
      Proportion right = captions.right(pictures);
      table.row(
          name,
          steps,
          scale == 1 ? steps : 2 * steps,
          100 * right.share(),
          GlideClaim.interval(right),
          100 * captions.bound(pictures).share());
      sheet.add(HeldOut.first(pictures, SHOWN), SHOWN);
    }
  }
}
