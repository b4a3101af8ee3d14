package dev.sluice.trainer.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.data.IdxFiles;
import dev.sluice.trainer.fashion.FashionClassifier;
import dev.sluice.trainer.glide.TinyGlide;
import dev.sluice.trainer.imagen.TinyImagen;
import dev.sluice.trainer.latent.ShapesSdxl;
import dev.sluice.trainer.latent.ShapesSdxlRefiner;
import dev.sluice.trainer.latent.TinySdxl;
import dev.sluice.trainer.latent.TinyTurbo;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparisons run through, on two steps of training and of sampling. */
class ClaimsTest {

  @TempDir private Path folder;

  @Test
  void glideAndImagen_writeTheirTablesAndSheets() throws IOException {
    Path models = Files.createDirectories(folder.resolve("models"));
    TinyImagen.text(folder, 2);
    TinyImagen.base(folder, 2, false);
    Path imagen = Files.move(folder.resolve("model"), models.resolve("shapes-imagen"));
    // Both are pipelines of the same class: one stands for the other.
    Files.createSymbolicLink(models.resolve("shapes-glide"), imagen);
    TinyImagen.enlarging(folder, imagen, 2);
    Files.move(folder.resolve("model"), models.resolve("shapes-imagen-64"));
    TinyTurbo.teacher(folder);
    Files.move(folder.resolve("model"), models.resolve("shapes-ldm"));
    Path out = folder.resolve("out");
    Setup setup = TinySetup.of(folder, 2, 2, List.of(2), List.of(1.0, 3.0), TinyImagen.small(2));

    new GlideClaim().run(setup);
    List<String> guidance = Files.readAllLines(out.resolve("glide.md"));
    assertThat(guidance).hasSize(4 + 3);
    assertThat(guidance.get(5)).startsWith("| 1.0 | ");
    assertThat(ImageIO.read(out.resolve("glide-guidance.png").toFile()).getWidth())
        .isGreaterThan(400);
    assertThat(out.resolve("glide-samples.png")).isNotEmptyFile();

    new GlideInpaintingClaim()
        .run(TinySetup.of(folder, 2, 2, List.of(2), List.of(3.0), TinyGlide.painting()));
    List<String> painted = Files.readAllLines(out.resolve("glide-inpainting.md"));
    assertThat(painted).hasSize(4 + 4);
    assertThat(painted.get(6)).startsWith("| a network that draws | ");
    assertThat(painted.get(7)).startsWith("| the same, gone on with masks | 2 | ");
    assertThat(out.resolve("glide-inpainting-samples.png")).isNotEmptyFile();

    new ImagenClaim().run(setup);
    assertThat(Files.readAllLines(out.resolve("imagen-thresholding.md"))).hasSize(4 + 1 + 3 * 2);
    List<String> arms = Files.readAllLines(out.resolve("imagen-arms.md"));
    assertThat(arms).hasSize(4 + 5);
    assertThat(arms.get(4)).startsWith("| all tokens | ").contains(" | 2 | ");
    assertThat(arms.get(5)).startsWith("| pooled text only | ");
    assertThat(operations(arms.get(5), 1)).isLessThan(operations(arms.get(4), 1));
    assertThat(arms.get(6)).startsWith("| all tokens of CLIP | ");
    assertThat(out.resolve("imagen-arms.png")).isNotEmptyFile();

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

  private Setup setup() throws IOException {
    Path data = folder.resolve("data");
    IdxFiles.writeSet(data, 100, 40);
    Trainings.train(
        new FashionClassifier(),
        folder,
        data,
        null,
        false,
        "phases.classifier.steps=2",
        "components.classifier.block_out_channels=[8, 8, 8]",
        "components.classifier.norm_num_groups=4");
    Path models = folder.resolve("models");
    Files.createDirectories(models);
    Path classifier = folder.resolve("classifier");
    Files.move(folder.resolve("model"), classifier);
    return new Setup(
        Optional.of(data),
        models,
        classifier,
        folder.resolve("arms"),
        folder.resolve("out"),
        2,
        List.of(1),
        10,
        List.of(2, 3),
        List.of(1.0),
        List.of(
            "phases.unet.shards=1",
            "phases.unet.batch=4",
            "components.unet.block_out_channels=[8, 8, 8]",
            "components.unet.layers_per_block=1",
            "components.unet.attention_head_dim=8",
            "components.unet.norm_num_groups=4"));
  }

  @Test
  void ddpmAndDdim_writeTheirTablesAndSheets() throws IOException {
    Setup setup = setup();
    new DdpmClaim().run(setup);

    List<String> table = Files.readAllLines(setup.out().resolve("ddpm.md"));
    assertThat(table).hasSize(9);
    assertThat(table.get(5)).startsWith("| noise, simple | 1 |");
    assertThat(table.get(8)).startsWith("| mean, simple | 1 |");
    assertThat(setup.out().resolve("ddpm.png")).isNotEmptyFile();

    // An arm that is trained is taken as it is.
    Path weights =
        setup
            .work()
            .resolve("ddpm/1-noise-simple-1/model/unet/diffusion_pytorch_model.safetensors");
    byte[] before = Files.readAllBytes(weights);
    new Arms(setup)
        .train(
            new dev.sluice.trainer.fashion.FashionDdpm(),
            "ddpm/1-noise-simple-1",
            List.of("phases.unet.steps=2", "seed=1"));
    assertThat(Files.readAllBytes(weights)).isEqualTo(before);

    Files.move(
        setup.work().resolve("ddpm/1-noise-simple-1/model"),
        setup.models().resolve("fashion-ddpm"));
    new DdimClaim().run(setup);
    assertThat(Files.readAllLines(setup.out().resolve("ddim.md"))).hasSize(5 + 2 * 5);
    assertThat(Files.readAllLines(setup.out().resolve("ddim-consistency.md")).get(5))
        .as("the most steps are no distance from themselves")
        .isEqualTo("| 3 | 0.000 |");
    assertThat(ImageIO.read(setup.out().resolve("ddim-steps.png").toFile()).getWidth())
        .isGreaterThan(400);
    assertThat(setup.out().resolve("ddim-interpolation.png")).isNotEmptyFile();
    assertThat(setup.out().resolve("ddim-reconstruction.png")).isNotEmptyFile();
  }

  @Test
  void dit_comparesSizesAndPatchesInTheLatentsOfTheModelThatShips() throws IOException {
    Setup fashion = setup();
    Setup setup =
        new Setup(
            fashion.data(),
            Path.of(System.getProperty("sluice.models")),
            fashion.classifier(),
            fashion.work(),
            fashion.out(),
            1,
            fashion.seeds(),
            10,
            List.of(2),
            List.of(),
            List.of(
                "phases.class-to-latents.batch=4",
                "phases.class-to-latents.kept=8",
                "components.transformer.attention_head_dim=8"));

    new DitClaim().run(setup);

    List<String> table = Files.readAllLines(setup.out().resolve("dit.md"));
    assertThat(table).hasSize(4 + 3 * 3);
    assertThat(table.get(4)).startsWith("| 4, 16 | 4 | ");
    assertThat(table.get(12)).startsWith("| 8, 32 | 1 | ");
    assertThat(operations(table.get(6), 2))
        .as("a sixteenth of the patch, sixteen times the tokens")
        .isGreaterThan(10 * operations(table.get(4), 2));
    assertThat(setup.out().resolve("dit-compute.png")).isNotEmptyFile();
    assertThat(setup.out().resolve("dit-samples.png")).isNotEmptyFile();
    List<String> told = Files.readAllLines(setup.out().resolve("dit-conditioning.md"));
    assertThat(told).hasSize(4 + 4);
    assertThat(told.get(4)).startsWith("| ada-ln-zero | ");
    assertThat(told.get(7)).startsWith("| cross-attention | ");
    assertThat(operations(told.get(5), 1))
        .as("without gates, and what they are computed from")
        .isLessThan(operations(told.get(4), 1));
    assertThat(setup.out().resolve("dit-conditioning-samples.png")).isNotEmptyFile();
  }

  private static double operations(String row, int column) {
    return Double.parseDouble(row.split(" \\| ")[column]);
  }
}
