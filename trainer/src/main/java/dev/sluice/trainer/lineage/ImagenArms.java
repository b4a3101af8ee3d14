package dev.sluice.trainer.lineage;

import dev.sluice.catalog.Config;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.trainer.captioned.IfFiles;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.evaluate.ServedPictures;
import dev.sluice.trainer.imagen.ShapesImagen;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.shapes.ShapesPieces;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Saharia et al. 2022: a network that attends to all of the text's states follows it better than
 * one that is told their pooled vector only (section 2.5), and a larger text encoder helps more
 * than a larger network (section 4.4, figure 4). Each arm is of its own network, trained as many
 * steps as make it compute what the others do.
 */
final class ImagenArms {

  private static final int AT_ONCE = 16;
  private static final int SHOWN = 12;
  private static final String BASE = "base";

  private static final Map<String, List<String>> DIFFERENCES = new LinkedHashMap<>();

  static {
    DIFFERENCES.put("all tokens", List.of());
    DIFFERENCES.put(
        "pooled text only",
        List.of(
            "components.unet.down_block_types=[DownBlock2D, DownBlock2D, DownBlock2D, DownBlock2D]",
            "components.unet.mid_block_type=UNetMidBlock2D",
            "components.unet.up_block_types=[UpBlock2D, UpBlock2D, UpBlock2D, UpBlock2D]"));
    DIFFERENCES.put(
        "small text encoder",
        List.of(
            "components.text_encoder.d_model=32",
            "components.text_encoder.d_kv=8",
            "components.text_encoder.d_ff=64",
            "components.text_encoder.num_layers=1",
            "components.unet.encoder_hid_dim=32"));
    DIFFERENCES.put("small network", List.of("components.unet.block_out_channels=[8, 16, 32, 64]"));
  }

  private final Setup setup;
  private final HeldOut captions;
  private final Arms arms;

  ImagenArms(Setup setup, HeldOut captions) {
    this.setup = setup;
    this.captions = captions;
    this.arms = new Arms(setup);
  }

  /** Trains them, and writes their table and sheet. */
  void run() throws IOException {
    double whole = operations(List.of());
    double scale =
        arms.recipe(new ShapesImagen(), List.of()).number("sampling.denoiser.guidance_scale");
    Table table =
        new Table(
            setup.out().resolve("imagen-arms.md"),
            "%d captions that were held out of training, %d steps, guided by %s"
                .formatted(captions.count(), setup.mostSteps(), scale),
            "network",
            "million operations a call",
            "steps of training",
            "CPU minutes",
            "all right (%)",
            "95 % interval",
            "colors on their shapes (%)");
    PictureSheet sheet = new PictureSheet(SHOWN, 2);
    for (Map.Entry<String, List<String>> difference : DIFFERENCES.entrySet()) {
      double operations = operations(difference.getValue());
      int steps = arms.steps(whole, operations);
      Arms.Arm arm = trained(difference.getKey(), difference.getValue(), steps);
      List<float[]> pictures = sampled(arm, scale);
      Proportion right = captions.right(pictures);
      table.row(
          difference.getKey(),
          operations / 1e6,
          steps,
          arm.minutes(),
          100 * right.share(),
          GlideClaim.interval(right),
          100 * captions.bound(pictures).share());
      sheet
          .add(HeldOut.first(pictures, SHOWN), SHOWN)
          .write(setup.out().resolve("imagen-arms.png"));
    }
  }

  /** Beside the text encoder that ships, but for one of another size. */
  private Arms.Arm trained(String name, List<String> difference, int steps) throws IOException {
    String folder = "imagen/" + name.replace(' ', '-');
    List<String> settings = new ArrayList<>(difference);
    settings.add("phases.%s.steps=%d".formatted(BASE, steps));
    settings.add("seed=" + setup.seeds().get(0));
    return difference.stream().anyMatch(one -> one.startsWith("components." + IfFiles.TEXT_ENCODER))
        ? arms.train(new ShapesImagen(), folder, settings)
        : arms.train(
            new ShapesImagen(),
            folder,
            settings,
            new Arms.Borrowed(setup.models().resolve("shapes-imagen"), IfFiles.TEXT_ENCODER, BASE));
  }

  private List<float[]> sampled(Arms.Arm arm, double scale) {
    try (ServedPictures model = ServedPictures.of(arm.model(), AT_ONCE)) {
      return model.answers(
          captions.requests(
              SamplingSettings.newBuilder()
                  .setSteps(setup.mostSteps())
                  .setGuidanceScale(scale)
                  .build(),
              0));
    }
  }

  private double operations(List<String> difference) {
    Config unet = Config.of(IfFiles.unet(arms.recipe(new ShapesImagen(), difference)));
    return Arms.operations(unet, ShapesPieces.LENGTH, unet.integer("encoder_hid_dim"));
  }
}
