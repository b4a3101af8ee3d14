package dev.sluice.trainer.lineage;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.trainer.evaluate.GivenPictures;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.evaluate.ServedPictures;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.shapes.Pixels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Saharia et al. 2022: at high guidance dynamic thresholding keeps samples from saturating where
 * static thresholding does not (section 2.3, figure A.9), and noise on the small pictures makes the
 * second stage forgive their faults (section 2.4). What the text is worth to the network is
 * compared by {@link ImagenArms}.
 */
final class ImagenClaim implements Claim {

  private static final int AT_ONCE = 16;
  private static final int SHOWN = 12;
  private static final int SMALL = 32;
  private static final List<Integer> LEVELS = List.of(0, 50, 100, 200, 400);

  /** The share of a range's half from which on a value counts as being at its edge. */
  private static final float EDGE = 0.98f;

  private static final float BEYOND = 1.05f;

  @Override
  public String name() {
    return "imagen";
  }

  @Override
  public List<String> models() {
    return List.of("shapes-imagen", "shapes-imagen-64");
  }

  @Override
  public void run(Setup setup) throws IOException {
    HeldOut captions = new HeldOut(setup.samples(), setup.seeds().get(0));
    thresholding(setup, captions);
    augmentation(setup, captions);
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
    try (ServedPictures model = served(setup, "shapes-imagen")) {
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

  private static ServedPictures served(Setup setup, String model) {
    return ServedPictures.of(setup.models().resolve(model), AT_ONCE);
  }

  /** What befalls small pictures. */
  private enum Damage {
    NOTHING,
    NOISE,
    BLUR;

    float[] of(float[] picture, SplittableRandom random) {
      int side = Pixels.side(picture);
      float[] damaged = new float[picture.length];
      for (int i = 0; i < damaged.length; i++) {
        damaged[i] =
            switch (this) {
              case NOTHING -> picture[i];
              case NOISE -> picture[i] + 0.2f * (float) random.nextGaussian();
              case BLUR -> mean(picture, side, i);
            };
      }
      return damaged;
    }

    private static float mean(float[] picture, int side, int at) {
      int plane = at / (side * side) * side * side;
      int x = at % side;
      int y = (at - plane) / side;
      float sum = 0;
      int count = 0;
      for (int v = Math.max(0, y - 1); v <= Math.min(side - 1, y + 1); v++) {
        for (int u = Math.max(0, x - 1); u <= Math.min(side - 1, x + 1); u++) {
          sum += picture[plane + v * side + u];
          count++;
        }
      }
      return sum / count;
    }
  }

  private static void augmentation(Setup setup, HeldOut captions) throws IOException {
    List<float[]> large = captions.rendered(0);
    Table table =
        new Table(
            setup.out().resolve("imagen-augmentation.md"),
            "%d real pictures made small, damaged, and enlarged by the second stage"
                .formatted(captions.count()),
            "damage",
            "noise level",
            "distance to the real picture",
            "all right (%)",
            "95 % interval");
    Plot plot = new Plot("noise level", "distance to the real picture", false);
    PictureSheet sheet = new PictureSheet(SHOWN, 1).add(HeldOut.first(large, SHOWN), SHOWN);
    try (ServedPictures model = served(setup, "shapes-imagen-64")) {
      for (Damage damage : Damage.values()) {
        String name = damage.name().toLowerCase(Locale.ROOT);
        SplittableRandom random = new SplittableRandom(setup.seeds().get(0));
        List<float[]> small =
            HeldOut.reduced(large, SMALL).stream().map(one -> damage.of(one, random)).toList();
        for (int level : LEVELS) {
          List<float[]> pictures = model.answers(enlarging(captions, small, level));
          Proportion right = captions.right(pictures);
          double distance = HeldOut.distance(pictures, HeldOut.reduced(large, side(pictures)));
          table.row(name, level, distance, 100 * right.share(), GlideClaim.interval(right));
          plot.point(name, level, distance);
          if (side(pictures) == side(large)) {
            sheet.add(HeldOut.first(pictures, SHOWN), SHOWN);
          }
        }
      }
    }
    plot.write(setup.out().resolve("imagen-augmentation.png"));
    sheet.write(setup.out().resolve("imagen-augmentation-samples.png"));
  }

  private static int side(List<float[]> pictures) {
    return Pixels.side(pictures.get(0));
  }

  private static List<GenerationRequest> enlarging(
      HeldOut captions, List<float[]> small, int level) {
    // Steps and scale are the model's own.
    SamplingSettings sampling = SamplingSettings.getDefaultInstance();
    List<GenerationRequest> requests = new ArrayList<>();
    for (GenerationRequest request : captions.requests(sampling, 0)) {
      requests.add(
          GivenPictures.in(
              request.toBuilder().setNoiseLevel(level).build(), small.get(requests.size())));
    }
    return requests;
  }
}
