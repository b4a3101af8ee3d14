package dev.sluice.trainer.lineage;

import static dev.sluice.trainer.shapes.SceneLayout.PICTURE_SIZE;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.request.DenoiseRequest.Span;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.latent.ShapesSdxl;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.lineage.sampling.EnginePictures;
import dev.sluice.trainer.lineage.sampling.EnginePictures.Asked;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.system.TrainedSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Podell et al. 2023: what a model is told of its training pictures it need not imitate (section
 * 2.2, figures 3 to 5), it draws at several aspect ratios (section 2.3), and a refiner of the last
 * fifth of the noise levels finishes pictures better than the base does (section 2.5).
 */
final class SdxlClaim implements Claim {

  private static final int SHOWN = 12;
  private static final int LONG_SIDE = 96;
  private static final int BETWEEN = 80;

  /** Columns that the picture is said to lack at its left. */
  private static final List<Integer> CROPS = List.of(0, 8, 16, 24, 32);

  /** Sides of the picture that it is said to be enlarged or reduced from. */
  private static final List<Integer> ORIGINALS = List.of(24, 40, 64, 128);

  private static final List<Double> HANDOVERS = List.of(0.6, 0.8, 0.9);

  @Override
  public String name() {
    return "sdxl";
  }

  @Override
  public List<String> models() {
    return List.of("shapes-sdxl", "shapes-sdxl-refiner", "shapes-ldm");
  }

  @Override
  public void run(Setup setup) throws IOException {
    HeldOut captions = HeldOut.of(setup);
    Path base = setup.models().resolve("shapes-sdxl");
    crops(setup, captions, base);
    originals(setup, captions, base);
    ratios(setup, captions, base);
    refined(setup, captions, base);
  }

  private static Asked square(Setup setup) {
    return sized(setup, PICTURE_SIZE, PICTURE_SIZE);
  }

  private static Asked sized(Setup setup, int width, int height) {
    return Asked.of(setup.mostSteps(), setup.largestScale(), width, height);
  }

  private static String title(Setup setup, HeldOut captions) {
    return "A picture of each of %d captions that were held out of training, %d steps, guided by %s"
        .formatted(captions.count(), setup.mostSteps(), setup.largestScale());
  }

  /** Figures 4 and 5: asked crops; and without the condition, in arms. */
  private static void crops(Setup setup, HeldOut captions, Path base) throws IOException {
    Table table =
        new Table(
            setup.out().resolve("sdxl-crops.md"),
            title(setup, captions),
            "model",
            "asked crop at the left",
            "pictures with a cut object (%)",
            "all right (%)",
            "95 % interval");
    PictureSheet sheet = new PictureSheet(SHOWN, 2);
    crop(table, captions, "(real pictures, whole)", "", captions.rendered(0));
    try (EnginePictures model = new EnginePictures(base)) {
      for (int crop : CROPS) {
        List<float[]> pictures =
            model.pictures(
                captions.captions(),
                square(setup).telling(TensorNames.CROP_CORNER, 0, crop),
                setup.seeds().get(0));
        crop(table, captions, "shapes-sdxl", "" + crop, pictures);
        sheet.add(HeldOut.first(pictures, SHOWN), SHOWN);
      }
    }
    if (setup.steps() > 0) {
      arm(setup, table, captions, "told", true);
      arm(setup, table, captions, "not told", false);
    }
    sheet.write(setup.out().resolve("sdxl-crops.png"));
  }

  private static void arm(Setup setup, Table table, HeldOut captions, String name, boolean told)
      throws IOException {
    TrainedSystem system = new ShapesSdxl();
    String phase = "phases." + system.phases().get(0).name();
    Path arm =
        new Arms(setup)
            .train(
                system,
                "sdxl-" + name.replace(' ', '-'),
                List.of(phase + ".steps=" + setup.steps(), phase + ".told-origins=" + told))
            .model();
    try (EnginePictures model = new EnginePictures(arm)) {
      crop(
          table,
          captions,
          "%d steps of training, %s".formatted(setup.steps(), name),
          "0",
          model.pictures(captions.captions(), square(setup), setup.seeds().get(0)));
    }
  }

  private static void crop(
      Table table, HeldOut captions, String name, String crop, List<float[]> pictures)
      throws IOException {
    Proportion right = captions.right(pictures);
    table.row(
        name,
        crop,
        100 * HeldOut.cut(pictures).share(),
        100 * right.share(),
        GlideClaim.interval(right));
  }

  /** Figure 3: asked sizes of the original. */
  private static void originals(Setup setup, HeldOut captions, Path base) throws IOException {
    Table table =
        new Table(
            setup.out().resolve("sdxl-originals.md"),
            title(setup, captions),
            "asked side of the original",
            "steepness of edges",
            "all right (%)",
            "95 % interval");
    PictureSheet sheet = new PictureSheet(SHOWN, 2);
    original(table, captions, "(real pictures)", captions.rendered(0));
    try (EnginePictures model = new EnginePictures(base)) {
      for (int side : ORIGINALS) {
        List<float[]> pictures =
            model.pictures(
                captions.captions(),
                square(setup).telling(TensorNames.ORIGINAL_SIZE, side, side),
                setup.seeds().get(0));
        original(table, captions, "" + side, pictures);
        sheet.add(HeldOut.first(pictures, SHOWN), SHOWN);
      }
    }
    sheet.write(setup.out().resolve("sdxl-originals.png"));
  }

  private static void original(Table table, HeldOut captions, String side, List<float[]> pictures)
      throws IOException {
    Proportion right = captions.right(pictures);
    table.row(side, steepness(pictures), 100 * right.share(), GlideClaim.interval(right));
  }

  /**
   * Squares of the steps from pixel to pixel, beside the steps themselves: an edge of one step has
   * its height, one that is spread over several that part of it.
   */
  static double steepness(List<float[]> pictures) {
    double squares = 0;
    double steps = 0;
    for (float[] picture : pictures) {
      for (int i = 1; i < picture.length; i++) {
        if (i % PICTURE_SIZE != 0) {
          double step = Math.abs(picture[i] - picture[i - 1]);
          squares += step * step;
          steps += step;
        }
      }
    }
    return squares / steps;
  }

  /** Section 2.3, beside a model that was trained on squares alone. */
  private static void ratios(Setup setup, HeldOut captions, Path base) throws IOException {
    Table table =
        new Table(
            setup.out().resolve("sdxl-ratios.md"),
            title(setup, captions),
            "model",
            "width x height",
            "all right (%)",
            "95 % interval");
    int side = PICTURE_SIZE;
    int[][] sizes = {{side, side}, {LONG_SIDE, side}, {side, LONG_SIDE}, {BETWEEN, side}};
    for (Path folder : List.of(setup.models().resolve("shapes-ldm"), base)) {
      try (EnginePictures model = new EnginePictures(folder)) {
        for (int[] size : sizes) {
          List<float[]> pictures =
              model.pictures(
                  captions.captions(), sized(setup, size[0], size[1]), setup.seeds().get(0));
          Proportion right = captions.right(pictures, size[0], size[1]);
          table.row(
              folder.getFileName(),
              size[0] + " x " + size[1],
              100 * right.share(),
              GlideClaim.interval(right));
        }
      }
    }
  }

  /** Section 2.5, at equal steps, from the same latents. */
  private static void refined(Setup setup, HeldOut captions, Path base) throws IOException {
    Table table =
        new Table(
            setup.out().resolve("sdxl-refiner.md"),
            title(setup, captions) + "; the refiner by 1",
            "model",
            "takes over at",
            "all right (%)",
            "95 % interval",
            "overlap with ideal shapes",
            "steepness of edges");
    PictureSheet sheet = new PictureSheet(SHOWN, 2);
    List<String> told = captions.captions();
    long seed = setup.seeds().get(0);
    Path refiner = setup.models().resolve("shapes-sdxl-refiner");
    try (EnginePictures first = new EnginePictures(base);
        EnginePictures second = new EnginePictures(refiner)) {
      List<float[]> alone = first.pictures(told, square(setup), seed);
      finished(table, captions, "base", "", alone);
      sheet.add(HeldOut.first(alone, SHOWN), SHOWN);
      for (double at : HANDOVERS) {
        Span until = new Span(1, OptionalDouble.empty(), OptionalDouble.of(at));
        Span from = new Span(1, OptionalDouble.of(at), OptionalDouble.empty());
        List<HostTensor.Floats> begun = first.latents(told, square(setup).over(until), seed);
        Asked rest = Asked.of(setup.mostSteps(), 1, PICTURE_SIZE, PICTURE_SIZE).over(from);
        List<float[]> both =
            second.decoded(second.latents(told, rest, seed, TensorNames.LATENT, begun));
        finished(table, captions, "base and refiner", "" + at, both);
        sheet.add(HeldOut.first(both, SHOWN), SHOWN);
      }
    }
    sheet.write(setup.out().resolve("sdxl-refiner.png"));
  }

  private static void finished(
      Table table, HeldOut captions, String name, String at, List<float[]> pictures)
      throws IOException {
    Proportion right = captions.right(pictures);
    table.row(
        name,
        at,
        100 * right.share(),
        GlideClaim.interval(right),
        HeldOut.fit(pictures),
        steepness(pictures));
  }
}
