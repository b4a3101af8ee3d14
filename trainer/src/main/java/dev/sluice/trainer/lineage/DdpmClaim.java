package dev.sluice.trainer.lineage;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.trainer.diffusion.ForwardProcess;
import dev.sluice.trainer.diffusion.NoiseOf;
import dev.sluice.trainer.diffusion.Prediction;
import dev.sluice.trainer.fashion.FashionDdpm;
import dev.sluice.trainer.fashion.FashionMeasure;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.measure.SampleScore;
import dev.sluice.trainer.pixels.PixelSampler;
import dev.sluice.trainer.recipe.RecipeFile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Ho et al. 2020, table 2: predicting the noise, every timestep alike, makes better samples than
 * the bound does, or than predicting the mean of the step before.
 */
final class DdpmClaim implements Claim {

  private static final int SHOWN = 16;

  private static final Map<String, List<String>> ARMS =
      new TreeMap<>(
          Map.of(
              "1 noise, simple", List.of("loss.prediction=noise", "loss.weighting.kind=simple"),
              "2 noise, bound", List.of("loss.prediction=noise", "loss.weighting.kind=bound"),
              "3 mean, bound", List.of("loss.prediction=mean", "loss.weighting.kind=bound"),
              "4 mean, simple", List.of("loss.prediction=mean", "loss.weighting.kind=simple")));

  @Override
  public String name() {
    return "ddpm";
  }

  /** All of it is arms. */
  @Override
  public boolean goesWithoutArms() {
    return false;
  }

  @Override
  public void run(Setup setup) throws IOException {
    Arms arms = new Arms(setup);
    int steps = setup.mostSteps();
    PictureSheet sheet = new PictureSheet(SHOWN, 1);
    try (FashionMeasure measured = setup.measure()) {
      Table table =
          new Table(
              setup.out().resolve("ddpm.md"),
              "%,d steps of training an arm, %d samples of %d steps"
                  .formatted(setup.steps(), setup.samples(), steps),
              "predicted, weighted",
              "seed",
              "Fréchet distance",
              "precision",
              "recall",
              "evenness of classes",
              "CPU minutes");
      addFloor(table, measured.floor(setup.samples()));
      for (Map.Entry<String, List<String>> arm : ARMS.entrySet()) {
        for (int seed : setup.seeds()) {
          Arms.Arm trained =
              arms.train(
                  new FashionDdpm(),
                  "ddpm/" + arm.getKey().replaceAll("[ ,]+", "-") + "-" + seed,
                  settings(arm.getValue(), setup.steps(), seed));
          HostTensor.Floats samples = samples(trained, arm.getValue(), steps, setup, seed);
          SampleScore score = measured.score(samples);
          table.row(
              arm.getKey().substring(2),
              seed,
              score.frechet(),
              score.overlap().precision(),
              score.overlap().recall(),
              score.evenness(),
              trained.minutes());
          if (seed == setup.seeds().get(0)) {
            sheet.add(samples, SHOWN).write(setup.out().resolve("ddpm.png"));
          }
        }
      }
    }
  }

  /** The row that nothing can do better than. */
  static void addFloor(Table table, SampleScore floor) throws IOException {
    table.row(
        "(real pictures)",
        "",
        floor.frechet(),
        floor.overlap().precision(),
        floor.overlap().recall(),
        floor.evenness());
  }

  private static List<String> settings(List<String> own, int steps, int seed) {
    List<String> settings = new java.util.ArrayList<>(own);
    settings.add("phases.unet.steps=" + steps);
    settings.add("seed=" + seed);
    return settings;
  }

  private static HostTensor.Floats samples(
      Arms.Arm arm, List<String> settings, int steps, Setup setup, int seed) {
    PixelSampler.Answers answers = PixelSampler.Answers.AS_THEY_ARE;
    if (settings.contains("loss.prediction=mean")) {
      ForwardProcess process =
          ForwardProcess.of(RecipeFile.shipped("fashion-ddpm").at("loss.process"));
      answers = new NoiseOf(process, Prediction.MEAN)::read;
    }
    try (PixelSampler sampler = new PixelSampler(arm.model(), answers, Optional.empty())) {
      return sampler.sample(Sampling.ofSteps(steps), new long[setup.samples()], seed);
    }
  }
}
