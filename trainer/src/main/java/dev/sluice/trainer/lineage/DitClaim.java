package dev.sluice.trainer.lineage;

import dev.sluice.catalog.Config;
import dev.sluice.networks.graph.GraphWork;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.transformer.DiTTransformer2DModel;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.trainer.evaluate.ClassSamples;
import dev.sluice.trainer.fashion.FashionData;
import dev.sluice.trainer.fashion.FashionDit;
import dev.sluice.trainer.fashion.FashionMeasure;
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
 * Peebles and Xie 2023, figures 6 and 8: of transformers of several sizes over patches of several
 * sizes, trained alike, those make the better samples that compute more, whichever of the two makes
 * them do so.
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
    double scale = RecipeFile.shipped(MODEL).number("sampling.denoiser.guidance_scale", 0, 100);
    Sampling sampling = Sampling.of(setup.mostSteps(), scale);
    Table table =
        new Table(
            setup.out().resolve("dit.md"),
            "%,d steps of training an arm, %d samples of %d steps, guided by %s"
                .formatted(setup.steps(), setup.samples(), setup.mostSteps(), scale),
            "layers, width",
            "patch",
            "million operations a call",
            "CPU minutes",
            "Fréchet distance",
            "precision",
            "recall",
            "of the class that was asked for");
    Plot plot = new Plot("million operations a call", "Fréchet distance", true);
    PictureSheet sheet = new PictureSheet(SHOWN, 1);
    Arms arms = new Arms(setup);
    try (FashionMeasure measured = setup.measure()) {
      for (Size size : Size.values()) {
        for (int patch : PATCHES) {
          Arms.Arm arm =
              arms.train(
                  new FashionDit(),
                  "dit/%s-%d".formatted(size, patch),
                  settings(setup, size, patch),
                  new Arms.Borrowed(setup.models().resolve(MODEL), "vae", "class-to-latents"));
          HostTensor.Floats samples = samples(setup, arm.model(), sampling);
          Config config = Config.read(arm.model().resolve("transformer/config.json"));
          double operations = operations(config) / 1e6;
          PictureFeatures.Seen seen = measured.look(samples);
          SampleScore score = measured.score(seen);
          table.row(
              "%d, %d".formatted(config.integer("num_layers"), width(config)),
              patch,
              operations,
              arm.minutes(),
              score.frechet(),
              score.overlap().precision(),
              score.overlap().recall(),
              SampleScore.asAsked(seen, FashionData.inTurn(setup.samples())));
          plot.point(size.name(), operations, score.frechet())
              .write(setup.out().resolve("dit-compute.png"));
          sheet.add(samples, SHOWN).write(setup.out().resolve("dit-samples.png"));
        }
      }
    }
  }

  private static List<String> settings(Setup setup, Size size, int patch) {
    List<String> settings = new ArrayList<>(size.settings(patch));
    settings.add("phases.class-to-latents.steps=" + setup.steps());
    settings.add("seed=" + setup.seeds().get(0));
    return settings;
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
