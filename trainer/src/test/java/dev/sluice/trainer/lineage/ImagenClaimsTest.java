package dev.sluice.trainer.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.imagen.TinyImagen;
import dev.sluice.trainer.latent.TinyTurbo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imagen's comparisons run through, on two steps of training and of sampling. */
class ImagenClaimsTest {

  @TempDir private Path folder;

  private Path models;

  @BeforeEach
  void train() throws IOException {
    models = Files.createDirectories(folder.resolve("models"));
    TinyImagen.text(folder, 2);
    TinyImagen.base(folder, 2, false);
    Files.move(folder.resolve("model"), models.resolve("shapes-imagen"));
  }

  @Test
  void imagen_comparesThresholdsAndWhatTheTextIsWorth() throws IOException {
    TinyTurbo.teacher(folder);
    Files.move(folder.resolve("model"), models.resolve("shapes-ldm"));
    Path out = folder.resolve("out");

    new ImagenClaim()
        .run(TinySetup.of(folder, 2, 2, List.of(2), List.of(1.0, 3.0), TinyImagen.small(2)));

    assertThat(Files.readAllLines(out.resolve("imagen-thresholding.md"))).hasSize(4 + 1 + 3 * 2);
    List<String> arms = Files.readAllLines(out.resolve("imagen-arms.md"));
    assertThat(arms).hasSize(4 + 5);
    assertThat(arms.get(4)).startsWith("| all tokens | ").contains(" | 2 | ");
    assertThat(arms.get(5)).startsWith("| pooled text only | ");
    assertThat(operations(arms.get(5))).isLessThan(operations(arms.get(4)));
    assertThat(arms.get(6)).startsWith("| all tokens of CLIP | ");
    assertThat(out.resolve("imagen-arms.png")).isNotEmptyFile();
  }

  @Test
  void imagen64_comparesNoiseOnSmallPicturesAndNetworks() throws IOException {
    TinyImagen.enlarging(folder, models.resolve("shapes-imagen"), 2);
    Files.move(folder.resolve("model"), models.resolve("shapes-imagen-64"));
    Path out = folder.resolve("out");

    new Imagen64Claim()
        .run(TinySetup.of(folder, 4, 2, List.of(2), List.of(1.0), TinyImagen.smallEnlarging()));

    List<String> augmentation = Files.readAllLines(out.resolve("imagen-augmentation.md"));
    assertThat(augmentation).hasSize(4 + 3 * 5);
    assertThat(augmentation.get(18)).startsWith("| blur | 400 | ");
    assertThat(out.resolve("imagen-augmentation-samples.png")).isNotEmptyFile();
    List<String> networks = Files.readAllLines(out.resolve("imagen-efficient.md"));
    assertThat(networks).hasSize(4 + 3 * 2);
    assertThat(networks.get(4)).startsWith("| efficient | ").contains(" | 1 | ");
    assertThat(networks.get(5)).startsWith("| efficient | ").contains(" | 4 | ");
    assertThat(out.resolve("imagen-efficient.png")).isNotEmptyFile();
  }

  private static double operations(String row) {
    return Double.parseDouble(row.split(" \\| ")[1]);
  }
}
