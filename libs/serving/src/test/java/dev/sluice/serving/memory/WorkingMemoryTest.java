package dev.sluice.serving.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.serving.StageTrial;
import java.util.List;
import java.util.Map;
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

  /** Attention among the pixels of the outermost level takes most. */
  @Test
  void superResolution_withoutAttentionAmongThePixels_takesLess() {
    PictureSize size = PictureSize.pixels(64, 64);
    long without = WorkingMemory.superResolution(unet("ResnetDownsampleBlock2D")).row(size);
    long with = WorkingMemory.superResolution(unet("AttnDownBlock2D")).row(size);

    assertThat(with).isEqualTo(3 * without);
  }

  private static Config unet(String outermost) {
    return Config.of(
        Map.of(
            "block_out_channels",
            List.of(32, 64),
            "down_block_types",
            List.of(outermost, "ResnetDownsampleBlock2D")));
  }
}
