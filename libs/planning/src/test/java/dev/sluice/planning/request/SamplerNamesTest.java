package dev.sluice.planning.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerNamesTest {

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
