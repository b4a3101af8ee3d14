package dev.sluice.parity.network;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AutoencoderGoldenTest {

  @ParameterizedTest
  @ValueSource(strings = {"vae-sd", "vae-sd-legacykeys", "vae-sd3", "vq-model", "vq-movq"})
  void encodingAndDecoding_areWhatDiffusersGives(String pack) {
    GoldenPack.assertMatches(pack);
  }
}
