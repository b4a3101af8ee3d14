package dev.sluice.parity.network;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransformerGoldenTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clip-text",
        "clip-text-proj",
        "clip-vision",
        "prior-karlo",
        "prior-kandinsky22",
        "unclip-text-proj",
        "t5-encoder",
        "t5-encoder-sharded",
        "dit",
        "sd3-mmdit",
        "sd35-mmdit",
        "sd35-mmdit-sharded"
      })
  void output_isWhatTheReferenceGives(String pack) {
    GoldenPack.assertMatches(pack);
  }
}
