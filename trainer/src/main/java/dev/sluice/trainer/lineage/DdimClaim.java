package dev.sluice.trainer.lineage;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.math.Slerp;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.trainer.fashion.FashionData;
import dev.sluice.trainer.fashion.FashionMeasure;
import dev.sluice.trainer.lineage.report.Plot;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.measure.SampleScore;
import dev.sluice.trainer.pixels.PixelSampler;
import dev.sluice.trainer.system.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Song et al. 2021: with the network of DDPM, steps without noise keep their quality when they are
 * few (table 1); the same noise gives the same picture whatever their number (figure 5); noise can
 * be blended (figure 6); and pictures can be brought back from it (table 2).
 */
final class DdimClaim implements Claim {

  private static final String DDIM = "DDIMScheduler";
  private static final List<Double> ETAS = List.of(0.0, 0.2, 0.5, 1.0);
  private static final int SHOWN = 12;
  private static final int REBUILT = 100;

  @Override
  public String name() {
    return "ddim";
  }

  @Override
  public List<String> models() {
    return List.of("fashion-ddpm");
  }

  @Override
  public void run(Setup setup) throws IOException {
    Path model = setup.models().resolve("fashion-ddpm");
    try (FashionMeasure measured = setup.measure()) {
      try (PixelSampler sampler = sampler(unclipped(model, setup.work().resolve("unclipped")))) {
        reconstruction(setup, sampler, measured);
      }
      try (PixelSampler sampler = sampler(model)) {
        consistency(setup, sampler);
        interpolation(setup, sampler);
        grid(setup, sampler, measured);
      }
    }
  }

  private static PixelSampler sampler(Path model) {
    return new PixelSampler(model, PixelSampler.Answers.AS_THEY_ARE, Optional.empty());
  }

  /**
   * The same model, whose samples are not clipped to the range of pixels: what is clipped on the
   * way to noise cannot come back.
   */
  private static Path unclipped(Path model, Path folder) throws IOException {
    Files.createDirectories(folder.resolve("scheduler"));
    Files.copy(
        model.resolve(ModelFolder.INDEX),
        folder.resolve(ModelFolder.INDEX),
        StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(folder.resolve("unet"));
    Files.createSymbolicLink(folder.resolve("unet"), model.resolve("unet").toAbsolutePath());
    String config = "scheduler/scheduler_config.json";
    Map<String, Object> scheduler = new LinkedHashMap<>(Config.read(model.resolve(config)).asMap());
    scheduler.put("clip_sample", false);
    ModelFiles.write(folder.resolve(config), scheduler);
    return folder;
  }

  private static Sampling ddim(int steps, double eta) {
    return Sampling.ofSteps(steps).by(DDIM).withEta(eta);
  }

  private static void grid(Setup setup, PixelSampler sampler, FashionMeasure measured)
      throws IOException {
    Table table =
        new Table(
            setup.out().resolve("ddim.md"),
            "Fréchet distance (precision, recall) of %d samples".formatted(setup.samples()),
            "eta",
            "steps",
            "Fréchet distance",
            "precision",
            "recall",
            "evenness of classes");
    DdpmClaim.addFloor(table, measured.floor(setup.samples()));
    Plot plot = new Plot("steps", "Fréchet distance", true);
    for (int steps : setup.sampleSteps()) {
      for (double eta : ETAS) {
        double distance = add(table, measured, setup, sampler, "" + eta, steps, ddim(steps, eta));
        plot.point("eta " + eta, steps, distance);
      }
      // The model's own sampler has the larger variance, the paper's sigma-hat.
      double distance =
          add(table, measured, setup, sampler, "sigma-hat", steps, Sampling.ofSteps(steps));
      plot.point("sigma-hat", steps, distance);
    }
    plot.write(setup.out().resolve("ddim-steps.png"));
  }

  /** Adds a row and returns its distance. */
  private static double add(
      Table table,
      FashionMeasure measured,
      Setup setup,
      PixelSampler sampler,
      String eta,
      int steps,
      Sampling sampling)
      throws IOException {
    HostTensor.Floats samples =
        sampler.sample(sampling, new long[setup.samples()], setup.seeds().get(0));
    SampleScore score = measured.score(samples);
    table.row(
        eta,
        steps,
        score.frechet(),
        score.overlap().precision(),
        score.overlap().recall(),
        score.evenness());
    return score.frechet();
  }

  /** How far a picture is from what the most steps make of the same noise. */
  private static void consistency(Setup setup, PixelSampler sampler) throws IOException {
    HostTensor.Floats noise = noise(SHOWN, setup.seeds().get(0));
    int most = setup.mostSteps();
    HostTensor.Floats last = sampler.sampleFrom(ddim(most, 0), noise, new long[SHOWN]);
    Table table =
        new Table(
            setup.out().resolve("ddim-consistency.md"),
            "Root mean square distance to the pictures of %d steps from the same noise, in [-1, 1]"
                .formatted(most),
            "steps",
            "distance");
    PictureSheet sheet = new PictureSheet(SHOWN, 2);
    for (int steps : setup.sampleSteps()) {
      HostTensor.Floats pictures =
          steps == most ? last : sampler.sampleFrom(ddim(steps, 0), noise, new long[SHOWN]);
      table.row(steps, Math.sqrt(meanSquare(pictures, last)));
      sheet.add(pictures, SHOWN);
    }
    table.row("(of other noise)", Math.sqrt(meanSquare(turned(last), last)));
    sheet.write(setup.out().resolve("ddim-consistency.png"));
  }

  /** Each picture in the place of its neighbour. */
  private static HostTensor.Floats turned(HostTensor.Floats pictures) {
    int size = pictures.values().length / pictures.shape()[0];
    float[] values = new float[pictures.values().length];
    System.arraycopy(pictures.values(), size, values, 0, values.length - size);
    System.arraycopy(pictures.values(), 0, values, values.length - size, size);
    return new HostTensor.Floats(values, pictures.shape());
  }

  private static void interpolation(Setup setup, PixelSampler sampler) throws IOException {
    PictureSheet sheet = new PictureSheet(SHOWN, 2);
    for (int pair = 0; pair < 4; pair++) {
      HostTensor.Floats ends = noise(2, setup.seeds().get(0) + 100 + pair);
      int size = ends.values().length / 2;
      float[] way = new float[SHOWN * size];
      for (int i = 0; i < SHOWN; i++) {
        float[] between =
            Slerp.between(ends.row(0).values(), ends.row(1).values(), i / (SHOWN - 1.0));
        System.arraycopy(between, 0, way, i * size, size);
      }
      int[] shape = ends.shape().clone();
      shape[0] = SHOWN;
      sheet.add(
          sampler.sampleFrom(ddim(50, 0), new HostTensor.Floats(way, shape), new long[SHOWN]),
          SHOWN);
    }
    sheet.write(setup.out().resolve("ddim-interpolation.png"));
  }

  /** To noise and back over the same steps: mean square error, of pictures in [0, 1]. */
  private static void reconstruction(Setup setup, PixelSampler sampler, FashionMeasure measured)
      throws IOException {
    HostTensor.Floats pictures = measured.testPictures(REBUILT);
    int count = pictures.shape()[0];
    Table table =
        new Table(
            setup.out().resolve("ddim-reconstruction.md"),
            "Mean square error of %d test pictures brought to noise and back, in [0, 1]"
                .formatted(count),
            "steps",
            "error");
    PictureSheet sheet = new PictureSheet(SHOWN, 2).add(pictures, SHOWN);
    List<Integer> all = new ArrayList<>(setup.sampleSteps());
    int most = Collections.max(all);
    all.addAll(List.of(2 * most, 4 * most));
    for (int steps : all) {
      HostTensor.Floats noise = sampler.invert(ddim(steps, 0), pictures, new long[count]);
      HostTensor.Floats back = sampler.sampleFrom(ddim(steps, 0), noise, new long[count]);
      table.row(steps, String.format("%.6f", meanSquare(back, pictures) / 4));
      sheet.add(back, SHOWN);
    }
    sheet.write(setup.out().resolve("ddim-reconstruction.png"));
  }

  private static HostTensor.Floats noise(int count, long seed) {
    int side = FashionData.SIDE;
    return new HostTensor.Floats(
        new TorchGenerator(seed).randn(count * side * side), count, 1, side, side);
  }

  private static double meanSquare(HostTensor.Floats some, HostTensor.Floats others) {
    double sum = 0;
    for (int i = 0; i < some.values().length; i++) {
      double difference = some.values()[i] - others.values()[i];
      sum += difference * difference;
    }
    return sum / some.values().length;
  }
}
