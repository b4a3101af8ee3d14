package dev.sluice.trainer.lineage;

import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.trainer.distill.PictureDistillation;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.evaluate.ServedPictures;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeFile;
import dev.sluice.trainer.train.TrainingLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Poole et al. 2022, section 3: pictures by descent under a denoiser's judgement. That the gradient
 * need not go through the denoiser (eq. 3 against eq. 2), and what it costs to let it; the scale of
 * guidance, which the paper sets far above that of sampling; which timesteps are drawn; that it
 * seeks modes, so that pictures of a caption differ less than samples do. Then the same in a
 * generator's weights, where there is a trained one.
 */
final class SdsClaim implements Claim {

  private static final int AT_ONCE = 16;
  private static final int SHOWN = 12;
  private static final String TEACHER = "shapes-ldm";

  /** What the recipe says, where an arm says nothing else. */
  private static final String AS_RECIPE = "0.02 to 0.98, falling to 0.5";

  private static final Map<String, List<String>> RANGES = ranges();

  /** Turns of the two ways that are timed, and steps of each. */
  private static final int TURNS = 5;

  private static final int TIMED = 4;

  private static Map<String, List<String>> ranges() {
    Map<String, List<String>> ranges = new LinkedHashMap<>();
    ranges.put("0.02 to 0.98", List.of("timesteps.most-at-end=0.98"));
    ranges.put("0.02 to 0.5", List.of("timesteps.most=0.5", "timesteps.most-at-end=0.5"));
    ranges.put("0.5 to 0.98", List.of("timesteps.least=0.5", "timesteps.most-at-end=0.98"));
    return ranges;
  }

  @Override
  public String name() {
    return "sds";
  }

  @Override
  public List<String> models() {
    return List.of("shapes-ldm");
  }

  /** Each descent is one. */
  @Override
  public boolean goesWithoutArms() {
    return false;
  }

  @Override
  public void run(Setup setup) throws IOException {
    Comparison comparison = new Comparison(setup);
    comparison.served(TEACHER, setup.mostSteps(), 3);
    for (double scale : setup.scales()) {
      comparison.arm("stopped", AS_RECIPE, "guidance=" + scale);
    }
    comparison.arm("through", AS_RECIPE, "gradient=through");
    for (Map.Entry<String, List<String>> range : RANGES.entrySet()) {
      comparison.arm("stopped", range.getKey(), range.getValue().toArray(String[]::new));
    }
    for (String generator : List.of("shapes-sds", "shapes-turbo")) {
      if (Files.isDirectory(setup.models().resolve(generator))) {
        comparison.served(generator, 1, 1);
      }
    }
    comparison.sheet.write(setup.out().resolve("sds-samples.png"));
    time(setup);
  }

  /** Both ways of the gradient in turn, so that what else the machine does meets both. */
  private static void time(Setup setup) throws IOException {
    List<String> texts = new HeldOut(2, setup.seeds().get(0)).captions();
    Table table =
        new Table(
            setup.out().resolve("sds-cost.md"),
            "The gradient stopped before the denoiser and through it: median of %d turns of %d steps each"
                .formatted(TURNS, TIMED),
            "gradient",
            "seconds a step",
            "ratio");
    double[] stopped = new double[TURNS];
    double[] through = new double[TURNS];
    try (TrainingLoop without = loop(setup, texts, "stopped");
        TrainingLoop with = loop(setup, texts, "through")) {
      seconds(without);
      seconds(with);
      for (int turn = 0; turn < TURNS; turn++) {
        stopped[turn] = seconds(without);
        through[turn] = seconds(with);
      }
    }
    table.row("stopped", median(stopped), 1.0);
    table.row("through", median(through), median(through) / median(stopped));
  }

  private static TrainingLoop loop(Setup setup, List<String> texts, String gradient) {
    Recipe recipe = recipe(setup, "gradient=" + gradient, "steps=" + (TURNS + 1) * TIMED);
    return new PictureDistillation(setup.models().resolve(TEACHER).toString(), recipe, texts)
        .loop();
  }

  private static double seconds(TrainingLoop loop) {
    long start = System.nanoTime();
    loop.run(loop.step() + TIMED, TIMED, Double.NaN, report -> {}, () -> false);
    return (System.nanoTime() - start) / 1e9 / TIMED;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static Recipe recipe(Setup setup, String... own) {
    Recipe recipe = RecipeFile.shipped(PictureDistillation.RECIPE);
    List<String> settings = new ArrayList<>(setup.settings());
    settings.addAll(List.of(own));
    for (String setting : settings) {
      recipe = RecipeFile.with(recipe, setting);
    }
    return recipe;
  }

  /** The table and the sheet, a row each for a way to a picture. */
  private static final class Comparison {

    private final Setup setup;
    private final HeldOut captions;
    private final Table table;
    private final int shown;
    final PictureSheet sheet;

    Comparison(Setup setup) {
      this.setup = setup;
      this.captions = HeldOut.of(setup);
      this.shown = Math.min(SHOWN, captions.count());
      this.sheet = new PictureSheet(shown, 2);
      this.table =
          new Table(
              setup.out().resolve("sds.md"),
              "Two pictures each of %d captions that were held out of training; descents of %d steps"
                  .formatted(captions.count(), setup.steps()),
              "",
              "scale of guidance",
              "timesteps",
              "all right (%)",
              "95 % interval",
              "colors on their shapes (%)",
              "distance of two of the same caption");
    }

    /** Pictures that a model makes. */
    void served(String name, int steps, double scale) throws IOException {
      SamplingSettings sampling =
          SamplingSettings.newBuilder().setSteps(steps).setGuidanceScale(scale).build();
      try (ServedPictures model = ServedPictures.of(setup.models().resolve(name), AT_ONCE)) {
        add(
            "%s, %d %s".formatted(name, steps, steps == 1 ? "step" : "steps"),
            scale,
            "",
            model.answers(captions.requests(sampling, 0)),
            model.answers(captions.requests(sampling, 1)));
      }
    }

    /** Pictures of a descent, and of another with another seed. */
    void arm(String gradient, String timesteps, String... own) throws IOException {
      Recipe arm = recipe(setup, own);
      add(
          "descent, gradient " + gradient,
          arm.number("guidance"),
          timesteps,
          descent(0, own),
          descent(1, own));
    }

    private List<float[]> descent(int again, String... own) throws IOException {
      List<String> settings = new ArrayList<>(List.of(own));
      settings.add("steps=" + setup.steps());
      settings.add("seed=" + (2 * setup.seeds().get(0) + again));
      String name = String.join("_", settings).replaceAll("[^A-Za-z0-9.=_-]", "-");
      System.err.println("sds " + settings);
      return new PictureDistillation(
              setup.models().resolve(TEACHER).toString(),
              recipe(setup, settings.toArray(String[]::new)),
              captions.captions())
          .run(setup.work().resolve("sds").resolve(name), System.err);
    }

    private void add(
        String name, double scale, String timesteps, List<float[]> some, List<float[]> others)
        throws IOException {
      Proportion right = captions.right(some).plus(captions.right(others));
      table.row(
          name,
          "" + scale,
          timesteps,
          100 * right.share(),
          GlideClaim.interval(right),
          100 * captions.bound(some).plus(captions.bound(others)).share(),
          HeldOut.distance(some, others));
      sheet.add(HeldOut.first(some, shown), shown);
    }
  }
}
