package dev.sluice.stage.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.v1.RequestNeeds;
import org.junit.jupiter.api.Test;

class PictureMemoryTest {

  private static final RequestNeeds NEEDS =
      RequestNeeds.newBuilder()
          .setFixedBytes(3_400_000_000L)
          .setBytesPerPixel(2400)
          .setAvailableBytes(6_000_000_000L)
          .build();

  @Test
  void refusal_saysWhatIsNeededWhatThereIsAndWhatWouldFit() {
    assertThat(PictureMemory.refusal(NEEDS, "denoiser", 1024, 1024)).isEmpty();
    assertThat(PictureMemory.refusal(NEEDS, "denoiser", 1280, 1280))
        .hasValue(
            "1280x1280 needs about 7.3 GB of memory; the denoiser has 6.0 GB: at most 1024x1024,"
                + " or as many pixels");
  }

  @Test
  void refusal_knowsOfWorkInParts() {
    RequestNeeds parts = NEEDS.toBuilder().setMostPixels(1 << 20).build();

    assertThat(PictureMemory.refusal(parts, "upscaler", 2048, 2048)).isEmpty();
  }

  @Test
  void refusal_namesNoSizeWhereNoneFits() {
    RequestNeeds none = NEEDS.toBuilder().setAvailableBytes(1_000_000_000L).build();

    assertThat(PictureMemory.refusal(none, "denoiser", 512, 512))
        .hasValue("512x512 needs about 4.0 GB of memory; the denoiser has 1.0 GB");
  }
}
