package dev.sluice.trainer.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.latent.TinyTurbo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LdmClaimTest {

  @TempDir private Path folder;

  @Test
  void ldm_comparesFactorsAtEqualOperations() throws IOException {
    Path out = folder.resolve("out");

    new LdmClaim()
        .run(TinySetup.of(folder, 4, 2, List.of(1), List.of(3.0), TinyTurbo.smallTeacher()));

    List<String> table = Files.readAllLines(out.resolve("ldm-f.md"));
    assertThat(table).hasSize(4 + 4);
    assertThat(table.get(4)).startsWith("| 1 | 64 x 64 x 4 | ");
    assertThat(table.get(7)).startsWith("| 8 | 8 x 8 x 4 | ");
    assertThat(steps(table.get(4))).as("a pixel each").isEqualTo(1);
    assertThat(steps(table.get(6))).as("the usual").isEqualTo(4);
    assertThat(steps(table.get(7))).as("a quarter of the latent's pixels").isGreaterThan(4);
    assertThat(out.resolve("ldm-f.png")).isNotEmptyFile();
    assertThat(out.resolve("ldm-f-plot.png")).isNotEmptyFile();
  }

  private static int steps(String row) {
    return Integer.parseInt(row.split(" \\| ")[4]);
  }
}
