package dev.sluice.trainer.lineage;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.model.Components;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.evaluate.ServedPictures;
import dev.sluice.trainer.latent.ShapesLdm;
import dev.sluice.trainer.lineage.report.Plot;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.shapes.ShapesVocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Rombach et al. 2022, section 4.1 and figure 6: of autoencoders that make pictures smaller by some
 * factor f along each side, those of small factors leave diffusion too much to do, and those of
 * large ones leave it too little. The same network denoises in the latents of each, as many steps
 * as make it compute what the others do.
 */
final class LdmClaim implements Claim {

  private static final int AT_ONCE = 16;
  private static final int SHOWN = 12;

  /** The recipe's own. */
  private static final int USUAL = 4;

  private static final List<Integer> FACTORS = List.of(1, 2, 4, 8);

  @Override
  public String name() {
    return "ldm";
  }

  /** Its text encoder is built upon. */
  @Override
  public List<String> models() {
    return List.of("shapes-unclip");
  }

  /** All of it is arms. */
  @Override
  public boolean goesWithoutArms() {
    return false;
  }

  @Override
  public void run(Setup setup) throws IOException {
    HeldOut captions = HeldOut.of(setup);
    Arms arms = new Arms(setup);
    ShapesLdm system = new ShapesLdm();
    Recipe usual = arms.recipe(system, List.of());
    double whole = operations(usual);
    Table table =
        new Table(
            setup.out().resolve("ldm-f.md"),
            "%d captions that were held out of training, %d steps, guided by %s"
                .formatted(captions.count(), setup.mostSteps(), setup.largestScale()),
            "f",
            "latent",
            "real pictures through the autoencoder, right (%)",
            "million operations a call",
            "steps of training",
            "CPU minutes",
            "all right (%)",
            "95 % interval",
            "milliseconds a picture");
    Plot plot = new Plot("f", "all right (%)", false);
    PictureSheet sheet = new PictureSheet(SHOWN, 2);
    for (int factor : FACTORS) {
      List<String> settings = new ArrayList<>(smallerBy(factor, usual));
      Recipe recipe = arms.recipe(system, settings);
      double operations = operations(recipe);
      int steps = arms.steps(whole, operations);
      settings.add("phases.%s.steps=%d".formatted(ShapesLdm.DENOISING, steps));
      settings.add("seed=" + setup.seeds().get(0));
      Arms.Arm arm = arms.train(system, "ldm/f-" + factor, settings);
      Proportion kept = captions.right(reconstructed(arm.model(), captions.rendered(0)));
      ServedPictures.Timed sampled = sampled(setup, arm.model(), captions);
      Proportion right = captions.right(sampled.pictures());
      Config unet = Config.of(ShapesLdm.unet(recipe));
      table.row(
          factor,
          "%1$d x %1$d x %2$d".formatted(unet.integer("sample_size"), unet.integer("in_channels")),
          100 * kept.share(),
          operations / 1e6,
          steps,
          arm.minutes(),
          100 * right.share(),
          GlideClaim.interval(right),
          sampled.milliseconds());
      plot.point("in latents", factor, 100 * right.share())
          .point("real pictures through the autoencoder", factor, 100 * kept.share())
          .write(setup.out().resolve("ldm-f-plot.png"));
      sheet
          .add(HeldOut.first(sampled.pictures(), SHOWN), SHOWN)
          .write(setup.out().resolve("ldm-f.png"));
    }
  }

  /** An autoencoder of a level for each halving, and the network at its latents' size. */
  private static List<String> smallerBy(int factor, Recipe usual) {
    int levels = Integer.numberOfTrailingZeros(factor) + 1;
    List<?> channels = (List<?>) usual.map("components.vae").get("block_out_channels");
    List<Object> own = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      own.add(channels.get(Math.min(level, channels.size() - 1)));
    }
    int side = usual.integer("components.unet.sample_size", 1) * USUAL / factor;
    return List.of(
        "components.vae.block_out_channels=" + own,
        "components.vae.down_block_types=" + Collections.nCopies(levels, "DownEncoderBlock2D"),
        "components.vae.up_block_types=" + Collections.nCopies(levels, "UpDecoderBlock2D"),
        "components.unet.sample_size=" + side);
  }

  private static double operations(Recipe recipe) {
    Config unet = Config.of(ShapesLdm.unet(recipe));
    return Arms.operations(unet, ShapesVocabulary.MAX_LENGTH, unet.integer("cross_attention_dim"));
  }

  /** Encoded, as what is likeliest, and decoded. */
  private static List<float[]> reconstructed(Path folder, List<float[]> real) {
    ModelFolder model = ModelFolder.open(folder);
    List<float[]> decoded = new ArrayList<>();
    try (Network autoencoder = Components.network(model, model.pipeline().autoencoder())) {
      for (float[] picture : real) {
        HostTensor latent =
            autoencoder.run(Map.of("x", HeldOut.first(List.of(picture), 1))).get("mean");
        decoded.add(autoencoder.run(Map.of("z", latent)).get("sample").values());
      }
    }
    return decoded;
  }

  private static ServedPictures.Timed sampled(Setup setup, Path model, HeldOut captions) {
    SamplingSettings sampling =
        SamplingSettings.newBuilder()
            .setSteps(setup.mostSteps())
            .setGuidanceScale(setup.largestScale())
            .build();
    try (ServedPictures served = ServedPictures.of(model, AT_ONCE)) {
      return served.timed(captions.requests(sampling, 0));
    }
  }
}
