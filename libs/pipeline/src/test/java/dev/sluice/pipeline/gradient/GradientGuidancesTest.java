package dev.sluice.pipeline.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.Architectures;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.weights.Initializer;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.GuidanceOptions;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.pipeline.tensor.Tensors;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.safetensors.DType;
import dev.sluice.safetensors.NamedTensor;
import dev.sluice.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Denoisers of the reference data, steered by networks beside them. */
class GradientGuidancesTest {

  private static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));
  private static final int STEPS = 6;

  private static final String CLASSIFIER =
      """
      {"_class_name": "NoisyClassifier", "in_channels": 3, "block_out_channels": [8],
       "down_block_types": ["DownBlock2D"], "layers_per_block": 1, "norm_num_groups": 4,
       "add_attention": false, "num_classes": 4}
      """;

  private static Sampling steered(double classifierScale, double clipScale) {
    return Sampling.of(STEPS, 1).guided(new GuidanceOptions(0, 0, 1, classifierScale, clipScale));
  }

  @Test
  void aClassifier_makesItsClassLikelier(@TempDir Path folder) throws Exception {
    ModelFolder model = withClassifier(folder);
    try (Network classifier = Components.network(model, "classifier");
        DenoiserEngine engine = Families.denoiser(model, BatchLimit.DEFAULT)) {
      double gain = 0;
      for (long label = 0; label < 4; label++) {
        double before = likelihood(classifier, picture(engine, label, steered(0, 0)), label);
        double after = likelihood(classifier, picture(engine, label, steered(2000, 0)), label);

        assertThat(after).as("label %d", label).isGreaterThan(before);
        gain += after - before;
      }
      assertThat(gain / 4).isGreaterThan(0.1);
    }
  }

  @Test
  void aClassifier_guidesWithinTheIntervalOnly(@TempDir Path folder) throws Exception {
    try (DenoiserEngine engine = Families.denoiser(withClassifier(folder), BatchLimit.DEFAULT)) {
      float[] alone = picture(engine, 1, steered(0, 0)).values();
      Sampling never = Sampling.of(STEPS, 1).guided(new GuidanceOptions(0, 0, 0, 4, 0));

      assertThat(picture(engine, 1, never).values()).isEqualTo(alone);
      assertThat(picture(engine, 1, steered(4, 0)).values()).isNotEqualTo(alone);
    }
  }

  @Test
  void aClassifier_guidesEachPictureOfABatchAsIfItWereAlone(@TempDir Path folder) throws Exception {
    try (DenoiserEngine engine = Families.denoiser(withClassifier(folder), BatchLimit.DEFAULT)) {
      // DDIM draws no noise after the first, so that only company could make a difference.
      Sampling sampling =
          Sampling.ofSteps(STEPS).by("DDIMScheduler").guided(new GuidanceOptions(0, 0, 1, 4, 0));
      HostTensor.Floats both =
          engine.denoise(
              new DenoiseRequest(
                  List.of(label(2), label(3)), sampling, 0, 0, DenoiseRequest.Span.ALL),
              new TorchGenerator(9),
              StepListener.NONE);

      assertThat(picture(engine, 2, sampling).values())
          .usingComparatorWithPrecision(1e-4f)
          .containsExactly(both.row(0).values());
    }
  }

  @Test
  void denoise_refusesAGuideThatIsNotThere() {
    try (DenoiserEngine engine =
        Families.denoiser(ModelFolder.open(GOLDENS.resolve("pipe-ddpm")), BatchLimit.DEFAULT)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> picture(engine, 1, steered(2, 0)))
          .withMessage(
              "classifier_scale is 2.0, but model pipe-ddpm has no classifier; leave it out");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> picture(engine, 1, steered(0, 2)))
          .withMessageStartingWith("clip_scale is 2.0, but model pipe-ddpm has no image_encoder");
    }
  }

  /** CLIP beside a decoder of pixels; the caption is any point of the space that both share. */
  @Test
  void clip_makesThePictureMoreLikeTheCaption() throws Exception {
    ModelFolder model = ModelFolder.open(GOLDENS.resolve("pipe-unclip-image-variation"));
    Map<String, HostTensor> inputs;
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT)) {
      inputs = new LinkedHashMap<>(text.encode(Prompt.of("a red circle")));
    }
    HostTensor.Floats caption = (HostTensor.Floats) inputs.get(TensorNames.TEXT_EMBEDS);
    inputs.put(
        TensorNames.IMAGE_EMBEDS,
        new HostTensor.Floats(
            new TorchGenerator(1).randn(caption.values().length), caption.shape()));
    ClipGuidance judge = new ClipGuidance(model, BatchLimit.DEFAULT);
    try (judge;
        DenoiserEngine engine = Families.denoiser(model, BatchLimit.DEFAULT)) {
      double before = 0;
      double after = 0;
      for (int seed = 0; seed < 3; seed++) {
        before += likeness(judge, denoised(engine, inputs, steered(0, 0), seed), caption);
        after += likeness(judge, denoised(engine, inputs, steered(0, 300), seed), caption);
      }
      assertThat(after).isGreaterThan(before + 0.03);
    }
  }

  private static double likeness(
      ClipGuidance judge, HostTensor.Floats picture, HostTensor.Floats caption) {
    return judge
        .network()
        .run(Map.of("sample", picture, "text_embeds", caption))
        .get("similarity")
        .values()[0];
  }

  private static double likelihood(Network classifier, HostTensor.Floats picture, long label) {
    float[] logits =
        classifier
            .run(Map.of("sample", picture, "timestep", Tensors.number(0)))
            .get("logits")
            .values();
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    return logits[(int) label] - Math.log(sum);
  }

  private static Map<String, HostTensor> label(long label) {
    return Map.of(TensorNames.CLASS_LABEL, new HostTensor.Longs(new long[] {label}, 1));
  }

  private static HostTensor.Floats picture(DenoiserEngine engine, long label, Sampling sampling)
      throws InterruptedException {
    return denoised(engine, label(label), sampling, 9);
  }

  private static HostTensor.Floats denoised(
      DenoiserEngine engine, Map<String, HostTensor> inputs, Sampling sampling, long seed)
      throws InterruptedException {
    return engine.denoise(
        DenoiseRequest.of(inputs, sampling), new TorchGenerator(seed), StepListener.NONE);
  }

  /** The recorded DDPM with a random classifier beside it, blind to the noise level. */
  private static ModelFolder withClassifier(Path folder) throws IOException {
    Path from = GOLDENS.resolve("pipe-ddpm");
    for (String component : List.of("scheduler", "unet")) {
      Path to = Files.createDirectory(folder.resolve(component));
      try (Stream<Path> files = Files.list(from.resolve(component))) {
        for (Path file : files.toList()) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
    Files.copy(from.resolve(ModelFolder.INDEX), folder.resolve(ModelFolder.INDEX));
    Path classifier = Files.createDirectory(folder.resolve("classifier"));
    Path config = Files.writeString(classifier.resolve("config.json"), CLASSIFIER);
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    Random random = new Random(3);
    Initializer initializer =
        parameter -> {
          float[] values = new float[Math.toIntExact(parameter.size())];
          // What it thinks of a noisy picture it also thinks of the clean one, and firmly.
          boolean time = parameter.name().contains("time_emb");
          float spread = time ? 0 : parameter.name().startsWith("classifier") ? 4 : 0.4f;
          for (int i = 0; i < values.length; i++) {
            values[i] = spread * (float) random.nextGaussian();
          }
          long[] shape = parameter.shape().clone();
          tensors.put(parameter.name(), new NamedTensor(DType.F32, shape, values));
          return values;
        };
    Network.initialize(Architectures.of(Config.read(config)), initializer).close();
    SafetensorsWriter.write(
        classifier.resolve("diffusion_pytorch_model.safetensors"), tensors, Map.of());
    return ModelFolder.open(folder);
  }
}
