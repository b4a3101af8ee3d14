package dev.sluice.trainer.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.data.IdxFiles;
import dev.sluice.trainer.fashion.FashionClassifier;
import dev.sluice.trainer.fashion.FashionDdpm;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparisons on Fashion-MNIST run through, on two steps of training and of sampling. */
class FashionClaimsTest {

  @TempDir private Path folder;

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
            new FashionDdpm(), "ddpm/1-noise-simple-1", List.of("phases.unet.steps=2", "seed=1"));
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
  void dit_comparesSizesPatchesAndConditionsInTheLatentsOfTheModelThatShips() throws IOException {
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
