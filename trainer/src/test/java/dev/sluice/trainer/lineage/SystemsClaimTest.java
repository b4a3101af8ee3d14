package dev.sluice.trainer.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.latent.TinyLatents;
import dev.sluice.trainer.latent.TinyTurbo;
import dev.sluice.trainer.system.TrainingRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemsClaimTest {

  @TempDir private Path folder;

  @Test
  void systems_standSideBySideWithWhatTheyCost() throws IOException {
    Path models = Files.createDirectories(folder.resolve("models"));
    TinyTurbo.teacher(folder);
    Files.move(folder.resolve("model"), models.resolve("shapes-ldm"));
    Files.createSymbolicLink(models.resolve("shapes-unclip"), TinyLatents.CLIP);
    Path out = folder.resolve("out");

    new SystemsClaim().run(TinySetup.of(folder, 0, 12, List.of(2), List.of(1.0), List.of()));

    List<String> table = Files.readAllLines(out.resolve("systems.md"));
    assertThat(table).hasSize(4 + 3);
    assertThat(table.get(4)).startsWith("| (real pictures) |  |  |  |  | 100.0 | 100.0 | ");
    assertThat(table.get(5)).startsWith("| latent diffusion, 2022 | ");
    assertThat(table.get(6)).startsWith("| unCLIP, 2022 | 15.6 |  | ");
    assertThat(TrainingRecord.processorMinutes(models.resolve("shapes-ldm"))).isPresent();
    assertThat(TrainingRecord.processorMinutes(TinyLatents.CLIP)).isEmpty();
    assertThat(out.resolve("systems-samples.png")).isNotEmptyFile();
  }
}
