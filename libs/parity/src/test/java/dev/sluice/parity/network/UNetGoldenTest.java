package dev.sluice.parity.network;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UNetGoldenTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unet-unclip-decoder",
        "unet-unclip-superres",
        "unet2d-ddpm",
        "unet2d-adm",
        "unet-sd15",
        "unet-sd2",
        "unet-sdxl",
        "unet-sdxl-refiner",
        "unet-x4-upscaler",
        "unet-kandinsky22-decoder",
        "unet-if-stage1",
        "unet-if-stage2"
      })
  void prediction_isWhatDiffusersGives(String pack) {
    GoldenPack.assertMatches(pack);
  }
}
