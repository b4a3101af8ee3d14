package dev.sluice.pipeline.denoise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.Claim;
import dev.sluice.pipeline.model.SampleSpace;
import dev.sluice.pipeline.tensor.Tensors;
import dev.sluice.pipeline.upscale.LatentDecoder;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PreviewsTest {

  private static final Path GOLDENS = Path.of(System.getProperty("sluice.goldens"));

  private static Previews previews(ModelFolder model) {
    int channels = model.config("unet").integer("in_channels", 0);
    return new Previews(model, SampleSpace.of(model, channels), BatchLimit.DEFAULT);
  }

  private static HostTensor.Floats waves(int... shape) {
    HostTensor.Floats waves = Tensors.zeros(shape);
    for (int i = 0; i < waves.values().length; i++) {
      waves.values()[i] = (float) Math.sin(0.1 * i);
    }
    return waves;
  }

  @Test
  void picture_ofALatentIsWhatTheAutoencoderMakesOfIt() throws InterruptedException {
    ModelFolder model = ModelFolder.open(GOLDENS.resolve("pipe-sd"));
    HostTensor.Floats latent = waves(1, 4, 8, 8);
    try (Previews previews = previews(model);
        LatentDecoder decoder = new LatentDecoder(model, BatchLimit.DEFAULT)) {
      assertThat(previews.picture(latent).values())
          .isEqualTo(decoder.decoded(latent, Claim.ANYBODYS).values());
    }
  }

  @Test
  void picture_isSmall() {
    ModelFolder latents = ModelFolder.open(GOLDENS.resolve("pipe-sd"));
    ModelFolder pixels = ModelFolder.open(GOLDENS.resolve("pipe-ddpm"));
    try (Previews ofLatents = previews(latents);
        Previews ofPixels = previews(pixels)) {
      assertThat(ofLatents.picture(waves(1, 4, 64, 96)).shape()[3]).isLessThanOrEqualTo(256);
      assertThat(ofPixels.picture(waves(1, 3, 500, 1000)).shape()).containsExactly(1, 3, 128, 256);
    }
  }

  @Test
  void show_goesOnAfterAPreviewThatFails() throws InterruptedException {
    BlockingQueue<byte[]> shown = new LinkedBlockingQueue<>();
    try (Previews previews = previews(ModelFolder.open(GOLDENS.resolve("pipe-ddpm")))) {
      previews.show(waves(1, 7, 8, 8), shown::add);
      previews.show(waves(1, 3, 8, 8), shown::add);

      assertThat(shown.poll(10, TimeUnit.SECONDS)).startsWith(0x89, 'P', 'N', 'G');
      assertThat(shown).isEmpty();
    }
  }
}
