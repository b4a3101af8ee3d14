package dev.sluice.planning.request;

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

  @ParameterizedTest
  @CsvSource({
    "euler, EulerDiscreteScheduler",
    "Euler a, EulerAncestralDiscreteScheduler",
    "k_euler, EulerDiscreteScheduler",
    "DPM++ 2M Karras, DPMSolverMultistepScheduler",
    "dpmpp_2m, DPMSolverMultistepScheduler",
    "DPM2 a, KDPM2AncestralDiscreteScheduler",
    "ddim, DDIMScheduler",
    "plms, PNDMScheduler",
    "UniPC, UniPCMultistepScheduler",
    "EulerDiscreteSchedular, EulerDiscreteScheduler",
    "diffusers.DDIMScheduler, DDIMScheduler"
  })
  void sampler_isFoundByTheNamesOfOtherPrograms(String given, String meant) {
    assertThat(SamplerNames.unknown(given))
        .startsWith("There is no sampler '%s'; there are DDIMScheduler,".formatted(given))
        .endsWith(" Did you mean %s?".formatted(meant));
  }

  @Test
  void sampler_thatIsLikeNoneHasTheList() {
    assertThat(SamplerNames.unknown("restart")).endsWith("UniPCMultistepScheduler.");
  }
}
