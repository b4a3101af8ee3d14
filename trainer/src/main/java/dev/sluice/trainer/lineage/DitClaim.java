package dev.sluice.trainer.lineage;

import dev.sluice.catalog.Config;
import dev.sluice.networks.graph.GraphWork;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.DiTConfig;
import dev.sluice.networks.transformer.DiTTransformer2DModel;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.trainer.evaluate.ClassSamples;
import dev.sluice.trainer.fashion.FashionData;
import dev.sluice.trainer.fashion.FashionDit;
import dev.sluice.trainer.fashion.FashionMeasure;
import dev.sluice.trainer.lineage.report.Plot;
import dev.sluice.trainer.lineage.report.Table;
import dev.sluice.trainer.measure.PictureFeatures;
import dev.sluice.trainer.measure.PictureSheet;
import dev.sluice.trainer.measure.SampleScore;
import dev.sluice.trainer.recipe.RecipeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Peebles and Xie 2023: of transformers of several sizes over patches of several sizes, trained
 * alike, those make the better samples that compute more, whichever of the two makes them do so
 * (figures 6 and 8); and of four ways to tell one of timestep and class, norms with gates that
 * begin closed are the best (section 3.2, figure 5).
 */
final class DitClaim implements Claim {

  private static final String MODEL = "fashion-dit";
  private static final int SHOWN = 20;

  private static final List<Integer> PATCHES = List.of(4, 2, 1);

  /** The heads of all of them are as wide. */
  private enum Size {
    S(4, 2),
    M(6, 3),
    L(8, 4);

    private final int layers;
    private final int heads;

    Size(int layers, int heads) {
      this.layers = layers;
      this.heads = heads;
    }

    List<String> settings(int patch) {
      return List.of(
          "components.transformer.num_layers=" + layers,
          "components.transformer.num_attention_heads=" + heads,
          "components.transformer.patch_size=" + patch);
    }
  }

  @Override
  public String name() {
    return "dit";
  }

  @Override
  public List<String> models() {
    return List.of(MODEL);
  }

  /** All of it is arms. */
  @Override
  public boolean goesWithoutArms() {
    return false;
  }

  @Override
  public void run(Setup setup) throws IOException {
    try (FashionMeasure measured = setup.measure()) {
      sizes(setup, measured);
      conditionings(setup, measured);
    }
  }

  private static void sizes(Setup setup, FashionMeasure measured) throws IOException {
    Table table = table(setup, "dit.md", "layers, width", "patch");
    Plot plot = new Plot("million operations a call", "Fréchet distance", true);
    PictureSheet sheet = new PictureSheet(SHOWN, 1);
    for (Size size : Size.values()) {
      for (int patch : PATCHES) {
        Outcome outcome =
            outcome(setup, measured, "%s-%d".formatted(size, patch), size.settings(patch));
        Config config = outcome.config();
        String shape = "%d, %d".formatted(config.integer("num_layers"), width(config));
        outcome.add(table, shape, patch);
        plot.point(size.name(), outcome.millions(), outcome.score().frechet())
            .write(setup.out().resolve("dit-compute.png"));
        sheet.add(outcome.samples(), SHOWN).write(setup.out().resolve("dit-samples.png"));
      }
    }
  }

  private static void conditionings(Setup setup, FashionMeasure measured) throws IOException {
    Table table = table(setup, "dit-conditioning.md", "told by");
    PictureSheet sheet = new PictureSheet(SHOWN, 1);
    for (DiTConfig.Conditioning conditioning : DiTConfig.Conditioning.values()) {
      String name = conditioning.toString().replace('_', '-');
      List<String> settings = new ArrayList<>(Size.M.settings(2));
      settings.add("phases.%s.conditioning=%s".formatted(FashionDit.CLASS_TO_LATENTS, name));
      Outcome outcome = outcome(setup, measured, name, settings);
      outcome.add(table, name);
      sheet
          .add(outcome.samples(), SHOWN)
          .write(setup.out().resolve("dit-conditioning-samples.png"));
    }
  }

  private static Table table(Setup setup, String file, String... first) {
    List<String> head = new ArrayList<>(List.of(first));
    head.addAll(
        List.of(
            "million operations a call",
            "CPU minutes",
            "Fréchet distance",
            "precision",
            "recall",
            "of the class that was asked for"));
    return new Table(
        setup.out().resolve(file),
        "%,d steps of training an arm, %d samples of %d steps, guided by %s"
            .formatted(setup.steps(), setup.samples(), setup.mostSteps(), scale()),
        head.toArray(String[]::new));
  }

  private static double scale() {
    return RecipeFile.shipped(MODEL).number("sampling.denoiser.guidance_scale", 0, 100);
  }

  /** What came of an arm. */
  private record Outcome(
      Config config, double minutes, HostTensor.Floats samples, SampleScore score, double asAsked) {

    double millions() {
      return operations(config) / 1e6;
    }

    void add(Table table, Object... first) throws IOException {
      List<Object> row = new ArrayList<>(List.of(first));
      row.addAll(
          List.of(
              millions(),
              minutes,
              score.frechet(),
              score.overlap().precision(),
              score.overlap().recall(),
              asAsked));
      table.row(row.toArray());
    }
  }

  private static Outcome outcome(
      Setup setup, FashionMeasure measured, String name, List<String> differences)
      throws IOException {
    List<String> settings = new ArrayList<>(differences);
    settings.add("phases.%s.steps=%d".formatted(FashionDit.CLASS_TO_LATENTS, setup.steps()));
    settings.add("seed=" + setup.seeds().get(0));
    Arms.Arm arm =
        new Arms(setup)
            .train(
                new FashionDit(),
                "dit/" + name,
                settings,
                new Arms.Borrowed(
                    setup.models().resolve(MODEL), "vae", FashionDit.CLASS_TO_LATENTS));
    HostTensor.Floats samples =
        samples(setup, arm.model(), Sampling.of(setup.mostSteps(), scale()));
    PictureFeatures.Seen seen = measured.look(samples);
    return new Outcome(
        Config.read(arm.model().resolve("transformer/config.json")),
        arm.minutes(),
        samples,
        measured.score(seen),
        SampleScore.asAsked(seen, FashionData.inTurn(setup.samples())));
  }

  private static HostTensor.Floats samples(Setup setup, Path model, Sampling sampling) {
    try (ClassSamples sampler = ClassSamples.of(model)) {
      return sampler.sample(sampling, FashionData.inTurn(setup.samples()), setup.seeds().get(0));
    }
  }

  private static int width(Config config) {
    return config.integer("num_attention_heads") * config.integer("attention_head_dim");
  }

  /** Of the network for one latent, two for each multiplication. */
  private static double operations(Config config) {
    int side = config.integer("sample_size");
    int channels = config.integer("in_channels");
    return GraphWork.of(
        new DiTTransformer2DModel(config),
        Map.of(
            "hidden_states",
            new HostTensor.Floats(new float[channels * side * side], 1, channels, side, side),
            "timestep",
            new HostTensor.Floats(new float[1], 1),
            "class_labels",
            new HostTensor.Longs(new long[1], 1)));
  }
}
