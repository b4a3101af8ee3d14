package dev.sluice.trainer.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.latent.ShapesSdxl;
import dev.sluice.trainer.latent.ShapesSdxlRefiner;
import dev.sluice.trainer.latent.TinySdxl;
import dev.sluice.trainer.latent.TinyTurbo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparisons run through, on two steps of training and of sampling. */
class ClaimsTest {

  @TempDir private Path folder;

  @Test
  void turbo_comparesTheStudentItsTeacherAndArms() throws IOException {
    Path models = Files.createDirectories(folder.resolve("models"));
    TinyTurbo.teacher(folder);
    Path teacher = Files.move(folder.resolve("model"), models.resolve("shapes-ldm"));
    // Both are pipelines of the same class: one stands for the other.
    Files.createSymbolicLink(models.resolve("shapes-turbo"), teacher);
    Path out = folder.resolve("out");

    new TurboClaim()
        .run(TinySetup.of(folder, 1, 2, List.of(5), List.of(3.0), TinyTurbo.small(teacher)));

    List<String> table = Files.readAllLines(out.resolve("turbo.md"));
    assertThat(table).hasSize(4 + 4 + 3 + 3 * 3);
    assertThat(table.get(7)).startsWith("| teacher | 5 | 10 | ");
    assertThat(table.get(8)).startsWith("| student | 1 | 1 | ");
    assertThat(table.get(17)).startsWith("| 1 steps of training, without the teacher | 1 | ");
    assertThat(out.resolve("turbo-samples.png")).isNotEmptyFile();
  }

  @Test
  void sdxl_comparesCropsOriginalsRatiosAndTheRefiner() throws IOException {
    Path models = Files.createDirectories(folder.resolve("models"));
    TinyTurbo.teacher(folder);
    Path begun = Files.move(folder.resolve("model"), models.resolve("shapes-ldm"));
    TinySdxl.train(new ShapesSdxl(), begun, folder.resolve("base"), false, 2);
    Path base = Files.move(folder.resolve("base/model"), models.resolve("shapes-sdxl"));
    TinySdxl.train(new ShapesSdxlRefiner(), base, folder.resolve("refiner"), false, 2);
    Files.move(folder.resolve("refiner/model"), models.resolve("shapes-sdxl-refiner"));
    Path out = folder.resolve("out");

    new SdxlClaim()
        .run(
            TinySetup.of(
                folder, 1, 2, List.of(10), List.of(3.0), TinySdxl.small(begun, "text-to-latents")));

    List<String> crops = Files.readAllLines(out.resolve("sdxl-crops.md"));
    assertThat(crops).hasSize(4 + 1 + 5 + 2);
    assertThat(crops.get(4)).startsWith("| (real pictures, whole) |  | 0.000 | ");
    assertThat(crops.get(6)).startsWith("| shapes-sdxl | 8 | ");
    assertThat(crops.get(11)).startsWith("| 1 steps of training, not told | 0 | ");
    assertThat(Files.readAllLines(out.resolve("sdxl-originals.md"))).hasSize(4 + 1 + 4);
    List<String> ratios = Files.readAllLines(out.resolve("sdxl-ratios.md"));
    assertThat(ratios).hasSize(4 + 2 * 4);
    assertThat(ratios.get(9)).startsWith("| shapes-sdxl | 96 x 64 | ");
    List<String> refined = Files.readAllLines(out.resolve("sdxl-refiner.md"));
    assertThat(refined).hasSize(4 + 1 + 3);
    assertThat(refined.get(6)).startsWith("| base and refiner | 0.8 | ");
    for (String sheet : List.of("crops", "originals", "refiner")) {
      assertThat(out.resolve("sdxl-" + sheet + ".png")).isNotEmptyFile();
    }
  }

  @Test
  void heldOut_realPicturesAreRightAtEitherSize() {
    HeldOut captions = new HeldOut(30, 1);
    for (int side : new int[] {64, 32}) {
      List<float[]> real = HeldOut.reduced(captions.rendered(0), side);
      assertThat(captions.right(real).successes()).isGreaterThanOrEqualTo(29);
      assertThat(HeldOut.distance(real, real)).isZero();
      assertThat(HeldOut.distance(real, HeldOut.reduced(captions.rendered(1), side)))
          .isGreaterThan(0.1);
    }
  }
}
