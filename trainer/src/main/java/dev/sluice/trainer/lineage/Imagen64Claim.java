package dev.sluice.trainer.lineage;

import dev.sluice.catalog.ComponentCheck;
import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelInspection;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.trainer.captioned.IfFiles;
import dev.sluice.trainer.evaluate.GivenPictures;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.evaluate.ServedPictures;
import dev.sluice.trainer.imagen.ShapesImagen64;
import dev.sluice.trainer.lineage.report.Plot;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.shapes.Pixels;
import dev.sluice.trainer.shapes.ShapesPieces;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Imagen's second stage (Saharia et al. 2022): noise on the small pictures makes it forgive their
 * faults (section 2.4), and the Efficient U-Net, which has few channels and layers where pixels are
 * many and scales the sums in its residual blocks down, learns faster than a usual one (section
 * 2.4, figure A.14). Its third change, to make maps smaller before the blocks and not after them,
 * diffusers' UNet has no word for.
 */
final class Imagen64Claim implements Claim {

  private static final String MODEL = "shapes-imagen-64";
  private static final int AT_ONCE = 16;
  private static final int SHOWN = 12;
  private static final int SMALL = 32;
  private static final List<Integer> LEVELS = List.of(0, 50, 100, 200, 400);

  /** Noise on what arms enlarge. */
  private static final int LITTLE = 50;

  /** What part of the training, the shorter first. */
  private static final List<Integer> PARTS = List.of(4, 1);

  private static final String EFFICIENT = "efficient";

  private static final Map<String, List<String>> NETWORKS = new LinkedHashMap<>();

  static {
    NETWORKS.put(EFFICIENT, List.of());
    NETWORKS.put("sums not scaled", List.of("components.unet.resnet_out_scale_factor=1.0"));
    NETWORKS.put(
        "usual: more channels where pixels are many, fewer where they are few, sums not scaled",
        List.of(
            "components.unet.block_out_channels=[32, 32, 64, 64]",
            "components.unet.layers_per_block=[1, 1, 1, 1]",
            "components.unet.resnet_out_scale_factor=1.0"));
  }

  @Override
  public String name() {
    return "imagen-64";
  }

  @Override
  public List<String> models() {
    return List.of(ImagenArms.MODEL, MODEL);
  }

  @Override
  public void run(Setup setup) throws IOException {
    HeldOut captions = new HeldOut(setup.samples(), setup.seeds().get(0));
    augmentation(setup, captions);
    if (setup.steps() > 0) {
      networks(setup, captions);
    }
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
    try (ServedPictures model = ServedPictures.of(setup.models().resolve(MODEL), AT_ONCE)) {
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

  /** Each trained for a while, and for longer. */
  private static void networks(Setup setup, HeldOut captions) throws IOException {
    List<float[]> large = captions.rendered(0);
    Arms arms = new Arms(setup);
    double whole = operations(arms, NETWORKS.get(EFFICIENT));
    Table table =
        new Table(
            setup.out().resolve("imagen-efficient.md"),
            "%d real pictures made small and enlarged".formatted(captions.count()),
            "network",
            "million operations a call",
            "million weights, the text encoder's among them",
            "steps of training",
            "CPU minutes",
            "distance to the real picture",
            "all right (%)",
            "95 % interval",
            "milliseconds a picture");
    Plot plot = new Plot("CPU minutes", "distance to the real picture", false);
    for (Map.Entry<String, List<String>> network : NETWORKS.entrySet()) {
      double operations = operations(arms, network.getValue());
      for (int part : PARTS) {
        int steps = Math.max(1, arms.steps(whole, operations) / part);
        Arms.Arm arm = trained(setup, arms, network, steps);
        ServedPictures.Timed timed = enlarged(arm, captions, large);
        List<float[]> pictures = timed.pictures();
        Proportion right = captions.right(pictures);
        double distance = HeldOut.distance(pictures, HeldOut.reduced(large, side(pictures)));
        table.row(
            network.getKey(),
            operations / 1e6,
            ModelInspection.of(arm.model(), ComponentCheck.NONE).parameters() / 1e6,
            steps,
            arm.minutes(),
            distance,
            100 * right.share(),
            GlideClaim.interval(right),
            timed.milliseconds());
        plot.point(network.getKey(), arm.minutes(), distance)
            .write(setup.out().resolve("imagen-efficient.png"));
      }
    }
  }

  private static Arms.Arm trained(
      Setup setup, Arms arms, Map.Entry<String, List<String>> network, int steps)
      throws IOException {
    List<String> settings = new ArrayList<>(network.getValue());
    settings.add("phases.super-resolution.steps=" + steps);
    settings.add("built-on.text_encoder=" + setup.models().resolve(ImagenArms.MODEL));
    settings.add("seed=" + setup.seeds().get(0));
    String name = "imagen-64/%s-%d".formatted(network.getKey().replaceAll("\\W+", "-"), steps);
    return arms.train(new ShapesImagen64(), name, settings);
  }

  private static ServedPictures.Timed enlarged(
      Arms.Arm arm, HeldOut captions, List<float[]> large) {
    try (ServedPictures model = ServedPictures.of(arm.model(), AT_ONCE)) {
      return model.timed(enlarging(captions, HeldOut.reduced(large, SMALL), LITTLE));
    }
  }

  private static double operations(Arms arms, List<String> differences) {
    Config unet = Config.of(IfFiles.unet(arms.recipe(new ShapesImagen64(), differences)));
    return Arms.operations(unet, ShapesPieces.LENGTH, unet.integer("encoder_hid_dim"));
  }
}
