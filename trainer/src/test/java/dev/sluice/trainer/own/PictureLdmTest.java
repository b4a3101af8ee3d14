package dev.sluice.trainer.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.trainer.data.DataException;
import dev.sluice.trainer.latent.TinyLatents;
import dev.sluice.trainer.latent.TinyTurbo;
import dev.sluice.trainer.system.TrainingException;
import dev.sluice.trainer.system.Trainings;
import dev.sluice.trainer.train.LowRank;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureLdmTest {

  private static final String WEIGHTS = "unet/diffusion_pytorch_model.safetensors";

  @TempDir private static Path trained;
  @TempDir private Path folder;

  @BeforeAll
  static void trainWhatIsGoneOnFrom() throws IOException {
    TinyTurbo.teacher(trained);
  }

  /** Pictures of three shapes, of which one file is none. */
  private Path pictures() throws IOException {
    Path data = Files.createDirectories(folder.resolve("pictures"));
    picture(data.resolve("wide.png"), 90, 40);
    picture(data.resolve("also-wide.png"), 200, 100);
    picture(data.resolve("square.png"), 50, 50);
    Files.writeString(data.resolve("broken.png"), "no picture");
    Files.writeString(
        data.resolve("metadata.jsonl"),
        """
        {"file_name": "wide.png", "text": "a large red circle"}
        {"file_name": "also-wide.png", "text": "a small blue star"}
        {"file_name": "broken.png", "text": "nothing"}
        {"file_name": "square.png", "text": "a green cross"}
        """);
    return data;
  }

  private static void picture(Path file, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height / 2; i++) {
      image.setRGB(i % width, i / width, 0xff0000 >> height % 16);
    }
    ImageIO.write(image, "png", file.toFile());
  }

  private String train(
      Path to,
      Path init,
      Path data,
      Optional<LowRank> lowRank,
      boolean resume,
      int steps,
      String... settings)
      throws IOException {
    return Trainings.train(
        new PictureLdm(),
        to,
        data,
        null,
        resume,
        Optional.ofNullable(init),
        lowRank,
        Stream.concat(
                Stream.of(
                    "phases.text-to-latents.steps=" + steps,
                    "phases.text-to-latents.batch=8",
                    "phases.text-to-latents.accumulated=1",
                    "phases.text-to-latents.optimizer.warm-up=1",
                    "phases.text-to-latents.optimizer.course=constant",
                    "phases.text-to-latents.optimizer.rate=3e-3"),
                Stream.of(settings))
            .toArray(String[]::new));
  }

  @Test
  void aModelGoesOnWithPicturesOfSeveralRatiosBitForBit() throws Exception {
    Path data = pictures();
    Path init = trained.resolve("model");
    String told = train(folder, init, data, Optional.empty(), false, 80);

    assertThat(told)
        .contains("broken.png is left out: it ")
        .contains("3 pictures in the sizes [64x64, 80x48]");
    assertThat(TinyLatents.loss(told, "text-to-latents", "unet", "80/80"))
        .isLessThan(TinyLatents.loss(told, "text-to-latents", "unet", "10/80"));
    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT)) {
      assertThat(TinyLatents.picture(model, text.encode(Prompt.of("a red circle"))).allFinite())
          .isTrue();
    }
    assertThat(Files.readAllBytes(folder.resolve("model").resolve(WEIGHTS)))
        .isNotEqualTo(Files.readAllBytes(init.resolve(WEIGHTS)));

    Path other = folder.resolve("other");
    train(other, init, data, Optional.empty(), false, 27);
    train(other, init, data, Optional.empty(), true, 80);
    assertThat(other.resolve("model").resolve(WEIGHTS))
        .hasSameBinaryContentAs(folder.resolve("model").resolve(WEIGHTS));
  }

  @Test
  void productsOfLowRank_areWrittenForOthersToApply() throws IOException {
    String told =
        train(
            folder,
            trained.resolve("model"),
            pictures(),
            Optional.of(LowRank.of(2, LowRank.ATTENTION)),
            false,
            2,
            "framing.flips=0.5",
            "phases.text-to-latents.rounds=2");

    assertThat(told).contains("2/2");
    assertThat(folder.resolve("model/pytorch_lora_weights.safetensors")).isNotEmptyFile();
  }

  @Test
  void whatIsMissing_isToldBeforeAnythingIsTrained() throws IOException {
    Path model = trained.resolve("model");
    Path data = pictures();
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> train(folder, null, data, Optional.empty(), false, 1))
        .withMessageContaining("name the folder of a StableDiffusionPipeline by --init");
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> train(folder, model, null, Optional.empty(), false, 1))
        .withMessageContaining("needs --data DIR");
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(
            () ->
                train(
                    folder,
                    Path.of(System.getProperty("sluice.models"), "fashion-ddpm"),
                    data,
                    Optional.empty(),
                    false,
                    1))
        .withMessageContaining("is of the class DDPMPipeline; what is needed is a");
    Files.delete(data.resolve("metadata.jsonl"));
    Files.delete(data.resolve("broken.png"));
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> train(folder, model, data, Optional.empty(), false, 1))
        .withMessageContaining("also-wide.png has no caption");
    assertThat(train(folder, model, data, Optional.empty(), false, 1, "caption=a photo of sks dog"))
        .contains("1/1");
  }
}
