package dev.sluice.catalog.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

  private static final List<String> MODELS = List.of("pipe-sd", "pipe-sd3", "pipe-sdxl", "shapes");

  @ParameterizedTest
  @CsvSource({
    "pipe-SD, pipe-sd",
    "pipe_sd, pipe-sd",
    "' pipe-sd ', pipe-sd",
    "pip-sd, pipe-sd",
    "pipesdxl, pipe-sdxl",
    "stabilityai/pipe-sd3, pipe-sd3",
    "shape, shapes"
  })
  void to_findsWhatIsWrittenAlike(String given, String meant) {
    assertThat(Nearest.to(given, MODELS)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"dall-e-3", "''", "猫", "x"})
  void to_findsNothingForWhatIsNothingLikeIt(String given) {
    assertThat(Nearest.to(given, MODELS)).isEmpty();
  }

  @Test
  void to_findsEveryNameByItself() {
    for (String name : MODELS) {
      assertThat(Nearest.to(name, MODELS)).contains(name);
    }
  }
}
