package dev.sluice.trainer.lineage;

import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.evaluate.ServedPictures;
import dev.sluice.trainer.lineage.report.Plot;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.shapes.Pixels;
import java.io.IOException;
import java.util.List;

/**
 * Nichol et al. 2021, section 5.1: with the scale of classifier-free guidance pictures fit their
 * captions better and differ less among each other; a second row of the network is what it costs.
 */
final class GlideClaim implements Claim {

  private static final int AT_ONCE = 16;
  private static final int SHOWN = 12;

  @Override
  public String name() {
    return "glide";
  }

  @Override
  public List<String> models() {
    return List.of("shapes-glide");
  }

  @Override
  public void run(Setup setup) throws IOException {
    HeldOut captions = new HeldOut(Math.max(2, setup.samples() / 2), setup.seeds().get(0));
    Table table =
        new Table(
            setup.out().resolve("glide.md"),
            "Two pictures each of %d captions that were held out of training, %d steps"
                .formatted(captions.count(), setup.mostSteps()),
            "scale of guidance",
            "all right (%)",
            "95 % interval",
            "colors on their shapes (%)",
            "distance of two of the same caption",
            "milliseconds a picture");
    Plot plot = new Plot("scale of guidance", "", false);
    PictureSheet sheet = new PictureSheet(SHOWN, 2);
    try (ServedPictures model =
        ServedPictures.of(setup.models().resolve("shapes-glide"), AT_ONCE)) {
      for (double scale : setup.scales()) {
        SamplingSettings sampling =
            SamplingSettings.newBuilder()
                .setSteps(setup.mostSteps())
                .setGuidanceScale(scale)
                .build();
        ServedPictures.Timed timed = model.timed(captions.requests(sampling, 0));
        List<float[]> some = timed.pictures();
        List<float[]> others = model.answers(captions.requests(sampling, 1));
        if (scale == setup.scales().get(0)) {
          int side = Pixels.side(some.get(0));
          add(
              table,
              captions,
              "(real pictures)",
              HeldOut.reduced(captions.rendered(0), side),
              HeldOut.reduced(captions.rendered(1), side),
              "");
        }
        add(table, captions, "" + scale, some, others, timed.milliseconds());
        plot.point("all right", scale, both(captions, some, others).share());
        plot.point("distance of two pictures", scale, HeldOut.distance(some, others));
        sheet.add(HeldOut.first(some, SHOWN), SHOWN);
      }
    }
    plot.write(setup.out().resolve("glide-guidance.png"));
    sheet.write(setup.out().resolve("glide-samples.png"));
  }

  private static void add(
      Table table,
      HeldOut captions,
      String scale,
      List<float[]> some,
      List<float[]> others,
      Object milliseconds)
      throws IOException {
    Proportion right = both(captions, some, others);
    table.row(
        scale,
        100 * right.share(),
        interval(right),
        100 * captions.bound(some).plus(captions.bound(others)).share(),
        HeldOut.distance(some, others),
        milliseconds);
  }

  private static Proportion both(HeldOut captions, List<float[]> some, List<float[]> others) {
    return captions.right(some).plus(captions.right(others));
  }

  /** In percent. */
  static String interval(Proportion share) {
    return "%.0f to %.0f".formatted(100 * share.lower(), 100 * share.upper());
  }
}
