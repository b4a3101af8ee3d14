package dev.sluice.trainer.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TensorNames;
import dev.sluice.trainer.system.TrainingException;
import dev.sluice.trainer.system.Trainings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureDdpmTest {

  private static final String[] TINY = {
    "phases.unet.steps=2",
    "phases.unet.batch=2",
    "framing.side=8",
    "components.unet.block_out_channels=[8, 8, 8]",
    "components.unet.layers_per_block=1",
    "components.unet.attention_head_dim=8",
    "components.unet.norm_num_groups=4"
  };

  @TempDir private Path folder;

  private Path pictures() throws IOException {
    Path data = folder.resolve("data");
    for (String name : new String[] {"dark/a.png", "dark/b.png", "light/c.png"}) {
      BufferedImage image = new BufferedImage(12, 9, BufferedImage.TYPE_INT_RGB);
      image.setRGB(3, 3, name.startsWith("light") ? 0xffffff : 0x101010);
      Files.createDirectories(data.resolve(name).getParent());
      ImageIO.write(image, "png", data.resolve(name).toFile());
    }
    return data;
  }

  private void train(Path data, int classes) throws IOException {
    String[] settings = java.util.Arrays.copyOf(TINY, TINY.length + 1);
    settings[TINY.length] = "classes=" + classes;
    Trainings.train(new PictureDdpm(), folder, data, null, false, settings);
  }

  @Test
  void aFolderOfClasses_becomesAModelThatIsAskedForThem() throws Exception {
    train(pictures(), 2);

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    try (DenoiserEngine engine = Families.denoiser(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats picture =
          engine.denoise(
              DenoiseRequest.of(
                  Map.of(TensorNames.CLASS_LABEL, new HostTensor.Longs(new long[] {1}, 1)),
                  Sampling.ofSteps(2)),
              new TorchGenerator(1),
              StepListener.NONE);
      assertThat(picture.shape()).containsExactly(1, 3, 8, 8);
      assertThat(picture.allFinite()).isTrue();
    }
  }

  @Test
  void whatIsMissing_isToldBeforeAnythingIsTrained() throws IOException {
    Path data = pictures();
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> train(data, 3))
        .withMessageContaining("has 2 classes and the recipe says 3; --set classes=2");
    assertThatExceptionOfType(TrainingException.class)
        .isThrownBy(() -> train(null, 0))
        .withMessageContaining("needs --data DIR");
  }
}
