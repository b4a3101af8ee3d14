package dev.sluice.trainer.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnclipClaimTest {

  @TempDir private Path folder;

  @Test
  void unclip_comparesPriorsGuidanceAndComponentsAndDrawsWays() throws IOException {
    Files.createSymbolicLink(
        folder.resolve("models"), Path.of(System.getProperty("sluice.models")));
    Path out = folder.resolve("out");

    new UnclipClaim().run(TinySetup.of(folder, 0, 2, List.of(2), List.of(1.0, 2.0), List.of()));

    List<String> priors = Files.readAllLines(out.resolve("unclip.md"));
    assertThat(priors).hasSize(4 + 6);
    assertThat(priors.get(4)).startsWith("| of a real picture | ");
    assertThat(priors.get(8)).startsWith("| diffusion prior, the best of 4 | ");
    List<String> guidance = Files.readAllLines(out.resolve("unclip-guidance.md"));
    assertThat(guidance).hasSize(4 + 2 + 4);
    assertThat(guidance.get(5)).startsWith("| 2.000 | 0.000 | ");
    assertThat(guidance.get(9)).startsWith("| 1.000 | 64.0 | ");
    List<String> components = Files.readAllLines(out.resolve("unclip-components.md"));
    assertThat(components).hasSize(4 + 6);
    assertThat(components.get(9)).startsWith("| all 128 | ");
    for (String sheet :
        List.of("priors", "components", "variations", "interpolations", "text-diffs")) {
      assertThat(out.resolve("unclip-" + sheet + ".png")).isNotEmptyFile();
    }
  }
}
