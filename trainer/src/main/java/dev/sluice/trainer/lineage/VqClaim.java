package dev.sluice.trainer.lineage;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.networks.code.CodeGrid;
import dev.sluice.networks.code.CodeTransformerConfig;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.model.Components;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.evaluate.ServedPictures;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.measure.PictureSheet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The generation before diffusion (Razavi et al. 2019; Ramesh et al. 2021): what codes of two
 * levels keep of a picture, and of the top level alone; what a transformer draws at each scale of
 * guidance and temperature, and how long that takes, beside latent diffusion of the same captions.
 */
final class VqClaim implements Claim {

  private static final int AT_ONCE = 16;
  private static final int SHOWN = 12;

  /** From nearly always the likeliest code to the network's own odds. */
  private static final List<Double> TEMPERATURES = List.of(0.25, 0.5, 0.75, 1.0);

  @Override
  public String name() {
    return "vq";
  }

  @Override
  public List<String> models() {
    return List.of("shapes-vq", "shapes-ldm");
  }

  @Override
  public void run(Setup setup) throws IOException {
    HeldOut captions = HeldOut.of(setup);
    Path codes = setup.models().resolve("shapes-vq");
    reconstructed(setup, ModelFolder.open(codes), captions);
    Comparison comparison = new Comparison(setup, captions);
    double scale = setup.largestScale();
    for (double other : setup.scales()) {
      comparison.add("codes", codes, drawn(other, 1));
    }
    for (double temperature : TEMPERATURES) {
      if (temperature != 1) {
        comparison.add("codes", codes, drawn(scale, temperature));
      }
    }
    Path latents = setup.models().resolve("shapes-ldm");
    for (int steps : setup.sampleSteps()) {
      comparison.add(
          "latent diffusion in %d steps".formatted(steps),
          latents,
          SamplingSettings.newBuilder().setSteps(steps).setGuidanceScale(scale).build());
    }
    comparison.sheet.write(setup.out().resolve("vq-samples.png"));
  }

  private static SamplingSettings drawn(double scale, double temperature) {
    return SamplingSettings.newBuilder()
        .setGuidanceScale(scale)
        .setTemperature(temperature)
        .build();
  }

  /** Real pictures, encoded and decoded: with all codes, and with those of the top level alone. */
  private static void reconstructed(Setup setup, ModelFolder model, HeldOut captions)
      throws IOException {
    CodeGrid grid =
        CodeTransformerConfig.of(model.config(model.pipeline().denoiser().component())).grid();
    List<float[]> real = captions.rendered(0);
    Table table =
        new Table(
            setup.out().resolve("vq-codes.md"),
            "%d real scenes, encoded and decoded".formatted(captions.count()),
            "decoded from",
            "all right (%)",
            "95 % interval",
            "root mean square distance");
    PictureSheet sheet = new PictureSheet(SHOWN, 2);
    sheet.add(HeldOut.first(real, SHOWN), SHOWN);
    try (Network autoencoder = Components.network(model, model.pipeline().autoencoder())) {
      for (int known : new int[] {grid.top(), grid.count()}) {
        List<float[]> decoded = new ArrayList<>();
        for (float[] picture : real) {
          decoded.add(decoded(autoencoder, grid, picture, known));
        }
        Proportion right = captions.right(decoded);
        table.row(
            known == grid.top() ? "%d codes of the top level".formatted(known) : "all " + known,
            100 * right.share(),
            GlideClaim.interval(right),
            HeldOut.distance(real, decoded));
        sheet.add(HeldOut.first(decoded, SHOWN), SHOWN);
      }
    }
    sheet.write(setup.out().resolve("vq-codes.png"));
  }

  private static float[] decoded(Network autoencoder, CodeGrid grid, float[] picture, int known) {
    HostTensor.Floats whole = HeldOut.first(List.of(picture), 1);
    Map<String, HostTensor.Floats> encoded = autoencoder.run(Map.of("x", whole));
    long[] words =
        grid.words(encoded.get("top_codes").values(), encoded.get("bottom_codes").values());
    return autoencoder.run(Map.of("codes", grid.sample(words, known))).get("sample").values();
  }

  /** The table and the sheet, a row each for a model and a way of sampling. */
  private static final class Comparison {

    private final HeldOut captions;
    private final Table table;
    final PictureSheet sheet = new PictureSheet(SHOWN, 2);

    Comparison(Setup setup, HeldOut captions) {
      this.captions = captions;
      this.table =
          new Table(
              setup.out().resolve("vq.md"),
              "A picture of each of %d captions that were held out of training, %d at a time"
                  .formatted(captions.count(), AT_ONCE),
              "model",
              "scale of guidance",
              "temperature",
              "all right (%)",
              "95 % interval",
              "colors on their shapes (%)",
              "milliseconds a picture");
    }

    void add(String name, Path model, SamplingSettings sampling) throws IOException {
      try (ServedPictures served = ServedPictures.of(model, AT_ONCE)) {
        ServedPictures.Timed timed = served.timed(captions.requests(sampling, 0));
        List<float[]> pictures = timed.pictures();
        Proportion right = captions.right(pictures);
        table.row(
            name,
            sampling.getGuidanceScale(),
            sampling.hasTemperature() ? (Object) sampling.getTemperature() : "",
            100 * right.share(),
            GlideClaim.interval(right),
            100 * captions.bound(pictures).share(),
            timed.milliseconds());
        sheet.add(HeldOut.first(pictures, SHOWN), SHOWN);
      }
    }
  }
}
