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
import java.util.Locale;

/**
 * Saharia et al. 2022: at high guidance dynamic thresholding keeps samples from saturating where
 * static thresholding does not (section 2.3, figure A.9). What the text is worth to the network is
 * compared by {@link ImagenArms}, the second stage by {@link Imagen64Claim}.
 */
final class ImagenClaim implements Claim {

  private static final int AT_ONCE = 16;
  private static final int SHOWN = 12;

  /** The share of a range's half from which on a value counts as being at its edge. */
  private static final float EDGE = 0.98f;

  private static final float BEYOND = 1.05f;

  @Override
  public String name() {
    return "imagen";
  }

  @Override
  public List<String> models() {
    return List.of(ImagenArms.MODEL, ImagenArms.CLIP);
  }

  @Override
  public void run(Setup setup) throws IOException {
    HeldOut captions = new HeldOut(setup.samples(), setup.seeds().get(0));
    thresholding(setup, captions);
    if (setup.steps() > 0) {
      new ImagenArms(setup, captions).run();
    }
  }

  /** What keeps predicted pictures within the range. */
  private enum Threshold {
    DYNAMIC,
    STATIC,
    NONE;

    SamplingSettings at(int steps, double scale) {
      SamplingSettings.Builder sampling =
          SamplingSettings.newBuilder().setSteps(steps).setGuidanceScale(scale);
      return switch (this) {
        // The model's own.
        case DYNAMIC -> sampling.build();
        case STATIC -> sampling.setStaticThreshold(1).build();
        case NONE -> sampling.setStaticThreshold(0).build();
      };
    }
  }

  private static void thresholding(Setup setup, HeldOut captions) throws IOException {
    Table table =
        new Table(
            setup.out().resolve("imagen-thresholding.md"),
            "%d captions that were held out of training, %d steps"
                .formatted(captions.count(), setup.mostSteps()),
            "thresholding",
            "scale of guidance",
            "values at the edge of the range or beyond (%)",
            "beyond by a twentieth (%)",
            "all right (%)",
            "95 % interval");
    Plot plot = new Plot("scale of guidance", "", false);
    PictureSheet sheet = new PictureSheet(SHOWN, 2);
    try (ServedPictures model =
        ServedPictures.of(setup.models().resolve(ImagenArms.MODEL), AT_ONCE)) {
      for (Threshold threshold : Threshold.values()) {
        String name = threshold.name().toLowerCase(Locale.ROOT);
        for (double scale : setup.scales()) {
          List<float[]> pictures =
              model.answers(captions.requests(threshold.at(setup.mostSteps(), scale), 0));
          if (threshold == Threshold.DYNAMIC && scale == setup.scales().get(0)) {
            int side = Pixels.side(pictures.get(0));
            add(
                table,
                captions,
                "(real pictures)",
                "",
                HeldOut.reduced(captions.rendered(0), side));
          }
          add(table, captions, name, "" + scale, pictures);
          plot.point(name + ": at the edge", scale, share(pictures, EDGE));
          plot.point(name + ": all right", scale, captions.right(pictures).share());
          if (scale == setup.largestScale()) {
            sheet.add(HeldOut.first(pictures, SHOWN), SHOWN);
          }
        }
      }
    }
    plot.write(setup.out().resolve("imagen-thresholding.png"));
    sheet.write(setup.out().resolve("imagen-thresholding-samples.png"));
  }

  private static void add(
      Table table, HeldOut captions, String name, String scale, List<float[]> pictures)
      throws IOException {
    Proportion right = captions.right(pictures);
    table.row(
        name,
        scale,
        100 * share(pictures, EDGE),
        100 * share(pictures, BEYOND),
        100 * right.share(),
        GlideClaim.interval(right));
  }

  /** The share of values that lie further from 0 than that. */
  private static double share(List<float[]> pictures, float from) {
    long some = 0;
    long all = 0;
    for (float[] picture : pictures) {
      for (float value : picture) {
        some += Math.abs(value) >= from ? 1 : 0;
      }
      all += picture.length;
    }
    return (double) some / all;
  }
}
