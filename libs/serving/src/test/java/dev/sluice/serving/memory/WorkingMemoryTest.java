package dev.sluice.serving.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.serving.StageTrial;
import org.junit.jupiter.api.Test;

class WorkingMemoryTest {

  private static final ModelFolder MODEL = StageTrial.model("pipe-sd");

  @Test
  void denoiser_countsTheEncoderOfAPictureThatIsGiven() {
    WorkingMemory denoiser = WorkingMemory.denoiser(MODEL);
    long decoder =
        WorkingMemory.autoencoder(MODEL, Long.MAX_VALUE).row(PictureSize.pixels(256, 256));

    assertThat(denoiser.row(PictureSize.pixels(256, 256))).isLessThan(decoder / 2);
    assertThat(denoiser.row(PictureSize.given(256, 256))).isEqualTo(decoder / 2);
  }

  /** Four pixels of the picture and side for each of the picture that is enlarged. */
  @Test
  void denoiser_ofALatentUpscaler_worksOnASixteenthOfThePicture() {
    WorkingMemory upscaler = WorkingMemory.denoiser(StageTrial.model("pipe-sd-x4-upscaler"));
    long samples = upscaler.row(PictureSize.sample(16, 24));

    assertThat(samples).isPositive();
    assertThat(upscaler.row(PictureSize.pixels(64, 96))).isEqualTo(samples);
    assertThat(upscaler.row(PictureSize.given(64, 96))).isEqualTo(samples);
  }
}
