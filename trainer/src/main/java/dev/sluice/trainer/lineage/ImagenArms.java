package dev.sluice.trainer.lineage;

import dev.sluice.catalog.Config;
import dev.sluice.trainer.captioned.IfFiles;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.imagen.ImagenOfClip;
import dev.sluice.trainer.imagen.ShapesImagen;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.lineage.sampling.EnginePictures;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.shapes.ShapesPieces;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import dev.sluice.trainer.system.OtherModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Saharia et al. 2022: a network that attends to all of the text's states follows it better than
 * one that is told their pooled vector only (section 2.5); a frozen encoder that learned from text
 * alone tells it more of a caption than CLIP's (section 4.4, figure 4); and a larger text encoder
 * helps more than a larger network (same place). Each arm is of its own network, trained as many
 * steps as make it compute what the others do.
 */
final class ImagenArms {

  static final String MODEL = "shapes-imagen";

  /** Whose text encoder is a CLIP of the same world. */
  static final String CLIP = "shapes-ldm";

  private static final int SHOWN = 12;

  private final Setup setup;
  private final HeldOut captions;
  private final Arms arms;

  /** Who tells a network what a caption says. */
  private enum Told {
    /** The text encoder that ships. */
    BY_T5,
    /** One of another size, which the arm trains itself. */
    BY_ITS_OWN,
    BY_CLIP
  }

  private record Compared(String name, Told told, List<String> differences) {}

  ImagenArms(Setup setup, HeldOut captions) {
    this.setup = setup;
    this.captions = captions;
    this.arms = new Arms(setup);
  }

  private List<Compared> compared() {
    int clip = OtherModel.config(clip()).integer("hidden_size");
    return List.of(
        new Compared("all tokens", Told.BY_T5, List.of()),
        new Compared(
            "pooled text only",
            Told.BY_T5,
            List.of(
                "components.unet.down_block_types=[DownBlock2D, DownBlock2D, DownBlock2D, DownBlock2D]",
                "components.unet.mid_block_type=UNetMidBlock2D",
                "components.unet.up_block_types=[UpBlock2D, UpBlock2D, UpBlock2D, UpBlock2D]")),
        new Compared(
            "all tokens of CLIP", Told.BY_CLIP, List.of("components.unet.encoder_hid_dim=" + clip)),
        new Compared(
            "small text encoder",
            Told.BY_ITS_OWN,
            List.of(
                "components.text_encoder.d_model=32",
                "components.text_encoder.d_kv=8",
                "components.text_encoder.d_ff=64",
                "components.text_encoder.num_layers=1",
                "components.unet.encoder_hid_dim=32")),
        new Compared(
            "small network",
            Told.BY_T5,
            List.of("components.unet.block_out_channels=[8, 16, 32, 64]")));
  }

  /** Trains them, and writes their table and sheet. */
  void run() throws IOException {
    double whole = operations(List.of(), ShapesPieces.LENGTH);
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
            "colors on their shapes (%)",
            "of two objects, as they stand to each other (%)");
    PictureSheet sheet = new PictureSheet(SHOWN, 2);
    for (Compared one : compared()) {
      double operations = operations(one.differences(), tokens(one.told()));
      int steps = arms.steps(whole, operations);
      Arms.Arm arm = trained(one, steps);
      List<float[]> pictures = sampled(arm, one.told(), scale);
      Proportion right = captions.right(pictures);
      table.row(
          one.name(),
          operations / 1e6,
          steps,
          arm.minutes(),
          100 * right.share(),
          GlideClaim.interval(right),
          100 * captions.bound(pictures).share(),
          100 * captions.related(pictures).share());
      sheet
          .add(HeldOut.first(pictures, SHOWN), SHOWN)
          .write(setup.out().resolve("imagen-arms.png"));
    }
  }

  private Arms.Arm trained(Compared one, int steps) throws IOException {
    String folder = "imagen/" + one.name().replace(' ', '-');
    List<String> settings = new ArrayList<>(one.differences());
    settings.add("phases.%s.steps=%d".formatted(ShapesImagen.BASE, steps));
    settings.add("seed=" + setup.seeds().get(0));
    return switch (one.told()) {
      case BY_T5 -> arms.train(new ShapesImagen(), folder, settings, borrowed(MODEL));
      case BY_CLIP -> arms.train(new ImagenOfClip(clip()), folder, settings, borrowed(CLIP));
      case BY_ITS_OWN -> arms.train(new ShapesImagen(), folder, settings);
    };
  }

  private Arms.Borrowed borrowed(String model) {
    return new Arms.Borrowed(
        setup.models().resolve(model), IfFiles.TEXT_ENCODER, ShapesImagen.BASE);
  }

  private List<float[]> sampled(Arms.Arm arm, Told told, double scale) {
    Path text = told == Told.BY_CLIP ? setup.models().resolve(CLIP) : arm.model();
    try (EnginePictures pictures = new EnginePictures(text, arm.model())) {
      return pictures.pictures(
          captions.captions(),
          EnginePictures.Asked.of(setup.mostSteps(), scale, 0, 0),
          setup.seeds().get(0));
    }
  }

  private Path clip() {
    return OtherModel.component(setup.models().resolve(CLIP).toString(), IfFiles.TEXT_ENCODER);
  }

  private static int tokens(Told told) {
    return told == Told.BY_CLIP ? ShapesVocabulary.MAX_LENGTH : ShapesPieces.LENGTH;
  }

  private double operations(List<String> difference, int tokens) {
    Config unet = Config.of(IfFiles.unet(arms.recipe(new ShapesImagen(), difference)));
    return Arms.operations(unet, tokens, unet.integer("encoder_hid_dim"));
  }
}
