package dev.sluice.trainer.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.latent.TinyTurbo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SdsClaimTest {

  @TempDir private Path folder;

  @Test
  void sds_comparesWaysOfDescentWithSamplesAndGenerators() throws IOException {
    Path models = Files.createDirectories(folder.resolve("models"));
    TinyTurbo.teacher(folder);
    Path teacher = Files.move(folder.resolve("model"), models.resolve("shapes-ldm"));
    // Both are pipelines of the same class: one stands for the other.
    Files.createSymbolicLink(models.resolve("shapes-sds"), teacher);
    Path out = folder.resolve("out");

    new SdsClaim()
        .run(TinySetup.of(folder, 1, 2, List.of(3), List.of(1.0, 20.0), List.of("draws=2")));

    List<String> table = Files.readAllLines(out.resolve("sds.md"));
    assertThat(table).hasSize(4 + 1 + 2 + 1 + 3 + 1);
    assertThat(table.get(4)).startsWith("| shapes-ldm, 3 steps | 3.0 | ");
    assertThat(table.get(6)).startsWith("| descent, gradient stopped | 20.0 | ");
    assertThat(table.get(7)).startsWith("| descent, gradient through | ");
    assertThat(table.get(11)).startsWith("| shapes-sds, 1 step | 1.0 | ");
    assertThat(out.resolve("sds-samples.png")).isNotEmptyFile();
    assertThat(Files.readAllLines(out.resolve("sds-cost.md"))).hasSize(4 + 2);
  }
}
