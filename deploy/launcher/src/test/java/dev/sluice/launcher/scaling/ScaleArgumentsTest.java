package dev.sluice.launcher.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.launcher.console.LaunchException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ScaleArgumentsTest {

  private static final Path SHIPPED =
      Path.of(System.getProperty("sluice.home"), "deploy/kubernetes/components/keda");

  @Test
  void theRulesThatShip_betweenOtherNumbers() {
    ScaleArguments given = given("--scale", "denoiser=0..3", "--scale", "upscaler");

    assertThat(given.isGiven()).isTrue();
    assertThat(given.stages(SHIPPED).keySet()).containsExactly("denoiser", "upscaler");
    assertThat(given.stages(SHIPPED).get("denoiser").maxReplicaCount()).isEqualTo(3);
    assertThat(given().isGiven()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "denoiser=3, is not understood",
    "denoiser=0..0, at least 1",
    "denoiser=3..2, no less than the first",
    "painter=0..3, no such stage"
  })
  void whatCannotBeFollowed_isRefused(String choice, String sentence) {
    assertThatThrownBy(() -> given("--scale", choice).stages(SHIPPED))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining(choice.split("=")[0])
        .hasMessageContaining(sentence);
  }

  @Test
  void rulesForNoStage_areRefused() {
    assertThatThrownBy(() -> given("--scaled-objects", "mine.yaml").isGiven())
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("--scale, denoiser=0..3");
  }

  private static ScaleArguments given(String... arguments) {
    return CommandLine.populateCommand(new ScaleArguments(), arguments);
  }
}
