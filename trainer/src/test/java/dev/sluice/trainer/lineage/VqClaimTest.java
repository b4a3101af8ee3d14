package dev.sluice.trainer.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.latent.TinyTurbo;
import dev.sluice.trainer.vq.TinyVq;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VqClaimTest {

  @TempDir private Path folder;

  @Test
  void vq_comparesCodesWithRealPicturesAndWithLatents() throws IOException {
    Path models = Files.createDirectories(folder.resolve("models"));
    TinyVq.train(folder, null, false, "phases.autoencoder.steps=1", "phases.codes.steps=1");
    Files.move(folder.resolve("model"), models.resolve("shapes-vq"));
    TinyTurbo.teacher(folder.resolve("latents"));
    Files.move(folder.resolve("latents/model"), models.resolve("shapes-ldm"));
    Path out = folder.resolve("out");

    new VqClaim().run(TinySetup.of(folder, 0, 2, List.of(2, 3), List.of(1.0, 3.0), List.of()));

    List<String> codes = Files.readAllLines(out.resolve("vq-codes.md"));
    assertThat(codes).hasSize(4 + 2);
    assertThat(codes.get(4)).startsWith("| 16 codes of the top level | ");
    assertThat(codes.get(5)).startsWith("| all 80 | ");
    List<String> table = Files.readAllLines(out.resolve("vq.md"));
    assertThat(table).hasSize(4 + 2 + 3 + 2);
    assertThat(table.get(4)).startsWith("| codes | 1.000 | 1.000 | ");
    assertThat(table.get(6)).startsWith("| codes | 3.000 | 0.250 | ");
    assertThat(table.get(10)).startsWith("| latent diffusion in 3 steps | 3.000 |  | ");
    assertThat(out.resolve("vq-codes.png")).isNotEmptyFile();
    assertThat(out.resolve("vq-samples.png")).isNotEmptyFile();
  }
}
