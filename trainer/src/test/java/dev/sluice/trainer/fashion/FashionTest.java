package dev.sluice.trainer.fashion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.trainer.data.ClassPictures;
import dev.sluice.trainer.data.DataException;
import dev.sluice.trainer.data.IdxFiles;
import dev.sluice.trainer.measure.PictureFeatures;
import dev.sluice.trainer.measure.SampleScore;
import dev.sluice.trainer.pixels.PixelSampler;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The systems of Fashion-MNIST, on pictures whose class is how bright they are. */
class FashionTest {

  @TempDir private Path folder;

  private String train(TrainedSystem system, String... settings) throws IOException {
    IdxFiles.writeSet(folder.resolve("data"), 200, 50);
    return Trainings.train(system, folder, folder.resolve("data"), null, false, settings);
  }

  @Test
  void ddpm_isTrainedAndServedAsDiffusersPipeline() throws IOException, InterruptedException {
    String told =
        train(
            new FashionDdpm(),
            "phases.unet.steps=40",
            "phases.unet.batch=8",
            "phases.unet.optimizer.rate=5e-3",
            "phases.unet.optimizer.warm-up=1",
            "components.unet.block_out_channels=[8, 8, 8]",
            "components.unet.layers_per_block=1",
            "components.unet.attention_head_dim=8",
            "components.unet.norm_num_groups=4");

    assertThat(told).contains("unet [##########..........] 20/40", "images/s", "matrix rate");
    assertThat(lossAt(told, "40/40")).isLessThan(lossAt(told, "10/40"));

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    assertThat(model.pipeline().className()).isEqualTo("DDPMPipeline");
    try (DenoiserEngine engine = Families.denoiser(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats picture =
          engine.denoise(
              DenoiseRequest.of(Map.of(), Sampling.ofSteps(3)),
              new TorchGenerator(1),
              StepListener.NONE);
      assertThat(picture.shape()).containsExactly(1, 1, 32, 32);
      assertThat(picture.allFinite()).isTrue();
    }
  }

  private static double lossAt(String told, String place) {
    String line = told.lines().filter(text -> text.contains(" " + place)).findFirst().orElseThrow();
    return Double.parseDouble(line.replaceAll(".*unet/loss ([0-9.e+-]+) .*", "$1"));
  }

  @Test
  void classifier_learnsItsClassesAndMeasuresPictures() throws IOException {
    train(
        new FashionClassifier(),
        "phases.classifier.steps=80",
        "phases.classifier.batch=20",
        "phases.classifier.optimizer.rate=1e-2",
        "phases.classifier.optimizer.warm-up=1",
        "phases.classifier.average=0.8",
        "components.classifier.block_out_channels=[8, 8, 8]",
        "components.classifier.norm_num_groups=4");

    ClassPictures test = FashionData.test(Optional.of(folder.resolve("data")));
    int[] all = IntStream.range(0, test.count()).toArray();
    try (PictureFeatures features = new PictureFeatures(folder.resolve("model"))) {
      PictureFeatures.Seen seen = features.look(test.pictures(all));

      assertThat(seen.features().count()).isEqualTo(50);
      assertThat(seen.features().width()).isEqualTo(8);
      long right =
          IntStream.of(all).filter(i -> seen.classes()[i] == test.classes(all).values()[i]).count();
      assertThat(right).as("of 50, ten classes").isGreaterThan(20);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PictureFeatures(folder))
        .withMessageContaining("train fashion-classifier");
  }

  /** Which its gradient is for: towards the class that is asked for. */
  @Test
  void adm_isTrainedAndGuidedByItsClassifier() throws IOException {
    train(
        new FashionAdm(),
        "phases.unet.steps=2",
        "phases.unet.batch=20",
        "components.unet.block_out_channels=[8, 8, 8]",
        "components.unet.layers_per_block=1",
        "components.unet.attention_head_dim=8",
        "components.unet.norm_num_groups=4",
        "components.unet.attn_norm_num_groups=4",
        "phases.classifier.steps=60",
        "phases.classifier.batch=20",
        "phases.classifier.average=0.8",
        "phases.classifier.optimizer.rate=1e-2",
        "phases.classifier.optimizer.warm-up=1",
        "components.classifier.block_out_channels=[8, 8, 8]",
        "components.classifier.attention_head_dim=8",
        "components.classifier.norm_num_groups=4",
        "components.classifier.attn_norm_num_groups=4");
    Path model = folder.resolve("model");
    long[] classes = new long[40];
    for (int i = 0; i < 40; i++) {
      classes[i] = i % 10;
    }

    try (PictureFeatures features = new PictureFeatures(model);
        Network classifier = Components.network(ModelFolder.open(model), "classifier")) {
      double plain = asAsked(features, model, Optional.empty(), classes);
      double steered =
          asAsked(features, model, Optional.of(new PixelSampler.Steering(classifier, 30)), classes);
      assertThat(steered).isGreaterThan(plain + 0.1);
    }
  }

  private static double asAsked(
      PictureFeatures features,
      Path model,
      Optional<PixelSampler.Steering> steering,
      long[] classes) {
    try (PixelSampler sampler =
        new PixelSampler(model, PixelSampler.Answers.AS_THEY_ARE, steering)) {
      HostTensor.Floats samples = sampler.sample(Sampling.ofSteps(5), classes, 1);
      assertThat(samples.allFinite()).isTrue();
      return SampleScore.asAsked(features.look(samples), classes);
    }
  }

  @Test
  void dataThatIsNotThere_isToldWithAWayToGetIt() {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> FashionData.training(Optional.of(folder.resolve("none"))))
        .withMessageContaining("is no folder");
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> FashionData.training(Optional.of(folder)))
        .withMessageContaining("train-images-idx3-ubyte");
  }
}
