package dev.sluice.trainer.lineage;

import dev.sluice.catalog.Config;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.trainer.evaluate.GivenPictures;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.evaluate.ServedPictures;
import dev.sluice.trainer.glide.ShapesGlideInpainting;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.shapes.SceneLayout;
import dev.sluice.trainer.shapes.SceneLayout.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Nichol et al. 2021, section 4.3: a network that was never shown a hole does not see all of what
 * stands around it while it denoises, as that is noised too, and one that goes on learning with the
 * mask and the picture around it does. Of real pictures an object is cut out, and the caption asks
 * for it.
 */
final class GlideInpaintingClaim implements Claim {

  private static final String MODEL = "shapes-glide";
  private static final int AT_ONCE = 16;
  private static final int SHOWN = 12;

  /** What is cut out around an object, in pixels of the large picture. */
  private static final int MARGIN = 3;

  @Override
  public String name() {
    return "glide-inpainting";
  }

  @Override
  public List<String> models() {
    return List.of(MODEL);
  }

  @Override
  public void run(Setup setup) throws IOException {
    new Comparison(setup).run();
  }

  private static final class Comparison {

    private final Setup setup;
    private final Path drawing;
    private final HeldOut captions;
    private final Table table;
    private final PictureSheet sheet = new PictureSheet(SHOWN, 2);

    Comparison(Setup setup) {
      this.setup = setup;
      this.drawing = setup.models().resolve(MODEL);
      this.captions = HeldOut.of(setup);
      this.table =
          new Table(
              setup.out().resolve("glide-inpainting.md"),
              "%d real pictures of captions that were held out of training, an object cut out and asked for; %d steps, guided by %s"
                  .formatted(captions.count(), setup.mostSteps(), setup.largestScale()),
              "painted by",
              "steps of training",
              "CPU minutes",
              "all right (%)",
              "95 % interval",
              "colors on their shapes (%)");
    }

    void run() throws IOException {
      Cut cut = Cut.of(captions, side());
      add("(what was cut)", "", "", cut.pictures());
      add("(nobody)", "", "", cut.holed());
      add("a network that draws", "", "", painted(drawing, cut));
      if (setup.steps() > 0) {
        Arms.Arm arm = trained();
        add(
            "the same, gone on with masks",
            setup.steps(),
            arm.minutes(),
            painted(arm.model(), cut));
      }
      sheet.write(setup.out().resolve("glide-inpainting-samples.png"));
    }

    private int side() {
      return Config.read(drawing.resolve("unet/config.json")).integer("sample_size");
    }

    private void add(String name, Object steps, Object minutes, List<float[]> pictures)
        throws IOException {
      Proportion right = captions.right(pictures);
      table.row(
          name,
          steps,
          minutes,
          100 * right.share(),
          GlideClaim.interval(right),
          100 * captions.bound(pictures).share());
      sheet.add(HeldOut.first(pictures, SHOWN), SHOWN);
    }

    private Arms.Arm trained() throws IOException {
      List<String> settings = new ArrayList<>();
      settings.add("built-on.text_encoder=" + drawing);
      settings.add("built-on.unet=" + drawing);
      settings.add("phases.%s.steps=%d".formatted(ShapesGlideInpainting.INPAINTING, setup.steps()));
      settings.add("seed=" + setup.seeds().get(0));
      return new Arms(setup)
          .train(new ShapesGlideInpainting(), "glide/inpainting-" + setup.steps(), settings);
    }

    private List<float[]> painted(Path folder, Cut cut) {
      SamplingSettings sampling =
          SamplingSettings.newBuilder()
              .setSteps(setup.mostSteps())
              .setGuidanceScale(setup.largestScale())
              .build();
      List<GenerationRequest> requests = new ArrayList<>();
      for (GenerationRequest request : captions.requests(sampling, 0)) {
        int i = requests.size();
        requests.add(GivenPictures.in(request, cut.pictures().get(i), cut.masks().get(i)));
      }
      try (ServedPictures model = ServedPictures.of(folder, AT_ONCE)) {
        return model.answers(requests);
      }
    }
  }

  /**
   * Pictures of which an object is cut out.
   *
   * @param pictures before that, {@code [3, side, side]}
   * @param masks white where it was
   */
  private record Cut(List<float[]> pictures, List<float[]> masks) {

    static Cut of(HeldOut captions, int side) {
      List<float[]> masks = captions.layouts(0).stream().map(layout -> mask(layout, side)).toList();
      return new Cut(HeldOut.reduced(captions.rendered(0), side), masks);
    }

    /** Over the object that is named last. */
    private static float[] mask(SceneLayout layout, int side) {
      List<Placement> placements = layout.placements();
      Placement last = placements.get(placements.size() - 1);
      double scale = (double) side / SceneLayout.PICTURE_SIZE;
      double half = last.diameter() / 2 + MARGIN;
      float[] mask = new float[3 * side * side];
      for (int i = 0; i < mask.length; i++) {
        double x = (i % side + 0.5) / scale;
        double y = (i / side % side + 0.5) / scale;
        boolean inside = Math.abs(x - last.x()) < half && Math.abs(y - last.y()) < half;
        mask[i] = inside ? 1 : -1;
      }
      return mask;
    }

    /** The pictures with grey holes. */
    List<float[]> holed() {
      List<float[]> holed = new ArrayList<>();
      for (float[] picture : pictures) {
        float[] mask = masks.get(holed.size());
        float[] own = Arrays.copyOf(picture, picture.length);
        for (int i = 0; i < own.length; i++) {
          own[i] = mask[i] > 0 ? 0 : own[i];
        }
        holed.add(own);
      }
      return holed;
    }
  }
}
