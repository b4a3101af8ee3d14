package dev.sluice.launcher.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.launcher.console.LaunchException;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.tensor.Pictures;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecipeReaderTest {

  private static byte[] png(Map<String, String> texts) {
    return Pictures.png(new HostTensor.Floats(new float[12], 1, 3, 2, 2), texts);
  }

  @Test
  void read_findsWhatWasWritten() {
    byte[] png =
        png(
            Map.of(
                "Title",
                "a",
                "sluice",
                "{\"request\":{\"prompt\":\"ein Müsli ☕ 🎨\",\"seed\":\"7\"}}"));

    assertThat(RecipeReader.read(png, "x.png").getRequest().getPrompt())
        .isEqualTo("ein Müsli ☕ 🎨");
  }

  @Test
  void read_saysWhatIsMissing() {
    assertThatThrownBy(() -> RecipeReader.read(png(Map.of()), "x.png"))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("x.png holds no recipe");
    assertThatThrownBy(() -> RecipeReader.read(new byte[] {1, 2, 3}, "x.png"))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("x.png is not a PNG");
    assertThatThrownBy(() -> RecipeReader.read(png(Map.of("sluice", "{")), "x.png"))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("cannot be read");
  }
}
