package dev.sluice.trainer.lineage;

import dev.sluice.catalog.Config;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.unet.NoisyClassifier;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.trainer.fashion.FashionAdm;
import dev.sluice.trainer.fashion.FashionData;
import dev.sluice.trainer.fashion.FashionMeasure;
import dev.sluice.trainer.lineage.report.Plot;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.measure.PictureFeatures;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.measure.SampleScore;
import dev.sluice.trainer.pixels.PixelSampler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Dhariwal and Nichol 2021: what they changed of the network pays (table 1), and the gradient of a
 * classifier buys precision with recall (figure 4).
 */
final class AdmClaim implements Claim {

  private static final List<Double> SCALES = List.of(0.0, 0.5, 1.0, 2.0, 4.0, 8.0);
  private static final int SHOWN = 20;

  @Override
  public String name() {
    return "adm";
  }

  @Override
  public List<String> models() {
    return List.of("fashion-adm");
  }

  @Override
  public void run(Setup setup) throws IOException {
    try (FashionMeasure measured = setup.measure()) {
      guidance(setup, measured);
      if (setup.steps() > 0) {
        ablation(setup, measured);
      }
    }
  }

  private static void guidance(Setup setup, FashionMeasure measured) throws IOException {
    Path model = setup.models().resolve("fashion-adm");
    int steps = setup.mostSteps();
    Table table =
        new Table(
            setup.out().resolve("adm-guidance.md"),
            "%d samples of %d steps".formatted(setup.samples(), steps),
            "scale of the classifier's gradient",
            "Fréchet distance",
            "precision",
            "recall",
            "of the class that was asked for");
    PictureSheet sheet = new PictureSheet(SHOWN, 1);
    Plot plot = new Plot("scale of the classifier's gradient", "", false);
    long[] classes = FashionData.inTurn(setup.samples());
    try (Network classifier = classifier(model.resolve("classifier"))) {
      for (double scale : SCALES) {
        Optional<PixelSampler.Steering> steering =
            scale == 0
                ? Optional.empty()
                : Optional.of(new PixelSampler.Steering(classifier, scale));
        try (PixelSampler sampler =
            new PixelSampler(model, PixelSampler.Answers.AS_THEY_ARE, steering)) {
          HostTensor.Floats samples =
              sampler.sample(Sampling.ofSteps(steps), classes, setup.seeds().get(0));
          PictureFeatures.Seen seen = measured.look(samples);
          SampleScore score = measured.score(seen);
          table.row(
              scale,
              score.frechet(),
              score.overlap().precision(),
              score.overlap().recall(),
              SampleScore.asAsked(seen, classes));
          plot.point("precision", scale, score.overlap().precision())
              .point("recall", scale, score.overlap().recall())
              .write(setup.out().resolve("adm-guidance-plot.png"));
          sheet.add(samples, SHOWN).write(setup.out().resolve("adm-guidance.png"));
        }
      }
    }
  }

  private static Network classifier(Path folder) {
    try (TensorSource weights = Checkpoints.open(folder)) {
      return Network.load(new NoisyClassifier(Config.read(folder.resolve("config.json"))), weights);
    }
  }

  /** What table 1 changes, one by one, in the other direction: the whole without each. */
  private static Map<String, List<String>> without() {
    Map<String, List<String>> arms = new LinkedHashMap<>();
    arms.put("all", List.of());
    arms.put("one head", List.of("components.unet.attention_head_dim=null"));
    arms.put(
        "attention at one resolution",
        List.of(
            "components.unet.down_block_types=[DownBlock2D, DownBlock2D, AttnDownBlock2D]",
            "components.unet.up_block_types=[AttnUpBlock2D, UpBlock2D, UpBlock2D]"));
    arms.put(
        "resampling by convolutions",
        List.of("components.unet.downsample_type=conv", "components.unet.upsample_type=conv"));
    arms.put(
        "time and class added, not scaling norms",
        List.of("components.unet.resnet_time_scale_shift=default"));
    return arms;
  }

  private static void ablation(Setup setup, FashionMeasure measured) throws IOException {
    Arms arms = new Arms(setup);
    int steps = setup.mostSteps();
    Table table =
        new Table(
            setup.out().resolve("adm-ablation.md"),
            "%,d steps of training an arm, %d samples of %d steps"
                .formatted(setup.steps(), setup.samples(), steps),
            "network",
            "seed",
            "Fréchet distance",
            "precision",
            "recall",
            "of the class that was asked for",
            "CPU minutes");
    long[] classes = FashionData.inTurn(setup.samples());
    for (Map.Entry<String, List<String>> arm : without().entrySet()) {
      for (int seed : setup.seeds()) {
        List<String> settings = new ArrayList<>(arm.getValue());
        settings.add("phases.unet.steps=" + setup.steps());
        settings.add("phases.classifier.steps=1");
        settings.add("seed=" + seed);
        Arms.Arm trained =
            arms.train(
                new FashionAdm(),
                "adm/" + arm.getKey().replaceAll("[ ,]+", "-") + "-" + seed,
                settings);
        try (PixelSampler sampler =
            new PixelSampler(trained.model(), PixelSampler.Answers.AS_THEY_ARE, Optional.empty())) {
          HostTensor.Floats samples = sampler.sample(Sampling.ofSteps(steps), classes, seed);
          PictureFeatures.Seen seen = measured.look(samples);
          SampleScore score = measured.score(seen);
          table.row(
              arm.getKey(),
              seed,
              score.frechet(),
              score.overlap().precision(),
              score.overlap().recall(),
              SampleScore.asAsked(seen, classes),
              trained.minutes());
        }
      }
    }
  }
}
