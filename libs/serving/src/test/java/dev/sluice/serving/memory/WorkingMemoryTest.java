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
}
