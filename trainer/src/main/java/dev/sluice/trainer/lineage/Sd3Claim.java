package dev.sluice.trainer.lineage;

import static dev.sluice.trainer.shapes.SceneLayout.PICTURE_SIZE;

import dev.sluice.catalog.Config;
import dev.sluice.trainer.evaluate.Proportion;
import dev.sluice.trainer.latent.ShapesSd3;
import dev.sluice.trainer.lineage.report.Plot;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.lineage.sampling.EnginePictures;
import dev.sluice.trainer.lineage.sampling.EnginePictures.Asked;
import dev.sluice.trainer.lineage.sampling.Ways;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.system.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Esser et al. 2024: a rectified flow whose timesteps are dense in the middle learns more than one
 * of even timesteps, than noise prediction and than velocity prediction, and needs fewer steps
 * (sections 3 and 5.1, figure 3); text and picture want weights of their own, and to attend to each
 * other (section 5.2, figure 4); larger pictures want timesteps shifted towards noise (section
 * 5.3.2).
 */
final class Sd3Claim implements Claim {

  private static final int SHOWN = 12;
  private static final int WIDE = 96;

  private static final List<Double> SHIFTS = List.of(0.5, 1.0, 1.5, 2.0, 3.0);

  private static final String PRESERVING = "loss.process.kind=variance-preserving";

  private static final Map<String, List<String>> ARMS = new LinkedHashMap<>();

  static {
    ARMS.put("rectified flow, logit-normal", List.of());
    ARMS.put("rectified flow, even", List.of("loss.process.scale=0"));
    ARMS.put("noise", List.of(PRESERVING, "loss.prediction=noise"));
    ARMS.put("velocity", List.of(PRESERVING, "loss.prediction=velocity"));
    ARMS.put(
        "rectified flow, weights shared by text and picture",
        List.of("phases.text-to-flow.streams=shared"));
    ARMS.put(
        "rectified flow, the picture attends to a text that stays as it is",
        List.of("phases.text-to-flow.streams=cross"));
  }

  @Override
  public String name() {
    return "sd3";
  }

  @Override
  public List<String> models() {
    return List.of("shapes-sd3");
  }

  @Override
  public void run(Setup setup) throws IOException {
    HeldOut captions = HeldOut.of(setup);
    Path model = setup.models().resolve("shapes-sd3");
    shifts(setup, captions, model);
    Steps steps = new Steps(setup, captions);
    steps.add("shapes-sd3", model, "");
    if (setup.steps() > 0) {
      Arms arms = new Arms(setup);
      for (Map.Entry<String, List<String>> arm : ARMS.entrySet()) {
        List<String> settings = new ArrayList<>(arm.getValue());
        settings.add("phases.text-to-flow.steps=" + setup.steps());
        Arms.Arm trained =
            arms.train(new ShapesSd3(), "sd3/" + arm.getKey().replaceAll("[ ,]+", "-"), settings);
        steps.add(arm.getKey(), trained.model(), trained.minutes());
      }
    }
    steps.sheet.write(setup.out().resolve("sd3-samples.png"));
  }

  /** Quality by steps of sampling, and how straight the ways are on which they lie. */
  private static final class Steps {

    private final Setup setup;
    private final HeldOut captions;
    private final Table table;
    private final Plot plot = new Plot("steps", "all right (%)", true);
    final PictureSheet sheet = new PictureSheet(SHOWN, 2);

    Steps(Setup setup, HeldOut captions) {
      this.setup = setup;
      this.captions = captions;
      this.table =
          new Table(
              setup.out().resolve("sd3.md"),
              "A picture of each of %d captions that were held out of training, guided by %s; %,d steps of training an arm"
                  .formatted(captions.count(), setup.largestScale(), setup.steps()),
              "trained for",
              "CPU minutes",
              "steps",
              "all right (%)",
              "95 % interval",
              "way, beside the straight one");
    }

    void add(String name, Path model, Object minutes) throws IOException {
      try (EnginePictures pictures = new EnginePictures(model)) {
        for (int steps : setup.sampleSteps()) {
          Asked asked = Asked.of(steps, setup.largestScale(), PICTURE_SIZE, PICTURE_SIZE);
          Ways ways = new Ways();
          List<float[]> made =
              pictures.pictures(captions.captions(), asked, setup.seeds().get(0), ways);
          Proportion right = captions.right(made);
          table.row(
              name,
              minutes,
              steps,
              100 * right.share(),
              GlideClaim.interval(right),
              ways.besideStraight());
          plot.point(name, steps, 100 * right.share()).write(setup.out().resolve("sd3-steps.png"));
          if (steps == setup.mostSteps()) {
            sheet.add(HeldOut.first(made, SHOWN), SHOWN);
          }
        }
      }
    }
  }

  /** Section 5.3.2: the same model with its timesteps shifted, at its own size and a wider one. */
  private static void shifts(Setup setup, HeldOut captions, Path model) throws IOException {
    Table table =
        new Table(
            setup.out().resolve("sd3-shift.md"),
            "A picture of each of %d captions that were held out of training, %d steps, guided by %s"
                .formatted(captions.count(), setup.mostSteps(), setup.largestScale()),
            "shift of timesteps",
            "width x height",
            "all right (%)",
            "95 % interval");
    for (double shift : SHIFTS) {
      try (EnginePictures pictures = new EnginePictures(shifted(setup, model, shift))) {
        for (int width : new int[] {PICTURE_SIZE, WIDE}) {
          List<float[]> made =
              pictures.pictures(
                  captions.captions(),
                  Asked.of(setup.mostSteps(), setup.largestScale(), width, PICTURE_SIZE),
                  setup.seeds().get(0));
          Proportion right = captions.right(made, width, PICTURE_SIZE);
          table.row(
              shift, width + " x " + PICTURE_SIZE, 100 * right.share(), GlideClaim.interval(right));
        }
      }
    }
  }

  /** The model with another shift, its components where they are. */
  private static Path shifted(Setup setup, Path model, double shift) throws IOException {
    Path folder = setup.work().resolve("sd3/shift-" + shift);
    Files.createDirectories(folder);
    try (Stream<Path> entries = Files.list(model)) {
      for (Path entry : entries.filter(entry -> !entry.endsWith("scheduler")).toList()) {
        Path link = folder.resolve(entry.getFileName());
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, entry.toAbsolutePath());
      }
    }
    Map<String, Object> scheduler =
        Config.read(model.resolve("scheduler/scheduler_config.json")).asMap();
    scheduler.put("shift", shift);
    ModelFiles.scheduler(folder, "scheduler", scheduler);
    return folder;
  }
}
