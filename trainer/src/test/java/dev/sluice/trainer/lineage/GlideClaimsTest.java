package dev.sluice.trainer.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.glide.TinyGlide;
import dev.sluice.trainer.imagen.TinyImagen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * GLIDE's comparisons run through; a model of Imagen's, which is of the same class, stands for its
 * own.
 */
class GlideClaimsTest {

  @TempDir private Path folder;

  @BeforeEach
  void train() throws IOException {
    TinyImagen.text(folder, 2);
    TinyImagen.base(folder, 2, false);
    Path models = Files.createDirectories(folder.resolve("models"));
    Files.move(folder.resolve("model"), models.resolve("shapes-glide"));
  }

  @Test
  void glide_writesItsTableAndSheetOfGuidance() throws IOException {
    Path out = folder.resolve("out");

    new GlideClaim().run(TinySetup.of(folder, 2, 2, List.of(2), List.of(1.0, 3.0), List.of()));

    List<String> guidance = Files.readAllLines(out.resolve("glide.md"));
    assertThat(guidance).hasSize(4 + 3);
    assertThat(guidance.get(5)).startsWith("| 1.0 | ");
    assertThat(ImageIO.read(out.resolve("glide-guidance.png").toFile()).getWidth())
        .isGreaterThan(400);
    assertThat(out.resolve("glide-samples.png")).isNotEmptyFile();
  }

  @Test
  void glideInpainting_paintsWithAndWithoutSeeingTheHole() throws IOException {
    Path out = folder.resolve("out");

    new GlideInpaintingClaim()
        .run(TinySetup.of(folder, 2, 2, List.of(2), List.of(3.0), TinyGlide.painting()));

    List<String> painted = Files.readAllLines(out.resolve("glide-inpainting.md"));
    assertThat(painted).hasSize(4 + 4);
    assertThat(painted.get(4)).startsWith("| (what was cut) | ");
    assertThat(painted.get(5)).startsWith("| (nobody) | ");
    assertThat(right(painted.get(5))).isLessThan(right(painted.get(4)));
    assertThat(painted.get(6)).startsWith("| a network that draws | ");
    assertThat(painted.get(7)).startsWith("| the same, gone on with masks | 2 | ");
    assertThat(out.resolve("glide-inpainting-samples.png")).isNotEmptyFile();
  }

  private static double right(String row) {
    return Double.parseDouble(row.split(" \\| ")[3]);
  }
}
