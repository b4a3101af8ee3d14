package dev.sluice.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.trainer.data.IdxFiles;
import dev.sluice.trainer.fashion.FashionAdm;
import dev.sluice.trainer.fashion.FashionClassifier;
import dev.sluice.trainer.fashion.FashionDit;
import dev.sluice.trainer.system.TrainedSystem;
import dev.sluice.trainer.system.TrainingRecord;
import dev.sluice.trainer.system.Trainings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command, of a model that was trained for two steps. */
class FashionEvaluationTest {

  @TempDir private Path folder;

  private Path data() {
    return folder.resolve("data");
  }

  private Path train(TrainedSystem system, String... settings) throws IOException {
    Path own = folder.resolve(system.name());
    Trainings.train(system, own, data(), null, false, settings);
    Path model = folder.resolve("models").resolve(system.name());
    Files.createDirectories(model.getParent());
    return Files.move(own.resolve("model"), model);
  }

  @Test
  void evaluate_measuresModelsOfFashionAsWhatTheyWereTrainedSays() throws IOException {
    IdxFiles.writeSet(data(), 100, 40);
    Path classifier =
        train(
            new FashionClassifier(),
            "phases.classifier.steps=2",
            "components.classifier.block_out_channels=[8, 8, 8]",
            "components.classifier.norm_num_groups=4");
    Path model =
        train(
            new FashionAdm(),
            "phases.unet.steps=2",
            "phases.unet.batch=4",
            "components.unet.block_out_channels=[8, 8, 8]",
            "components.unet.layers_per_block=1",
            "components.unet.attention_head_dim=8",
            "components.unet.norm_num_groups=4",
            "components.unet.attn_norm_num_groups=4",
            "phases.classifier.steps=2",
            "phases.classifier.batch=4",
            "components.classifier.block_out_channels=[8, 8, 8]",
            "components.classifier.attention_head_dim=8",
            "components.classifier.norm_num_groups=4",
            "components.classifier.attn_norm_num_groups=4");
    assertThat(TrainingRecord.system(model)).contains("fashion-adm");

    assertMeasured(model, classifier);

    Path ofLatents =
        train(
            new FashionDit(),
            "phases.autoencoder.steps=1",
            "phases.autoencoder.batch=4",
            "phases.autoencoder.measured=4",
            "components.vae.block_out_channels=[4, 4, 4]",
            "components.vae.norm_num_groups=2",
            "phases.class-to-latents.steps=1",
            "phases.class-to-latents.batch=4",
            "components.transformer.num_layers=1",
            "components.transformer.num_attention_heads=2",
            "components.transformer.attention_head_dim=8");
    assertMeasured(ofLatents, classifier);
  }

  private void assertMeasured(Path model, Path classifier) throws IOException {
    Path sheets = folder.resolve("sheets of " + model.getFileName());
    String told =
        evaluated(
            "--model",
            model.toString(),
            "--data",
            data().toString(),
            "--classifier",
            classifier.toString(),
            "--samples",
            "20",
            "--steps",
            "2",
            "--sheets",
            sheets.toString());

    List<String> rows = told.lines().filter(line -> line.startsWith("| ")).toList();
    assertThat(rows).hasSize(6);
    assertThat(rows.get(1)).startsWith("| Fréchet distance | ");
    assertThat(rows.get(5)).startsWith("| of the class that was asked for | ");
    assertThat(sheets.resolve("fashion.png")).isNotEmptyFile();
  }

  private static String evaluated(String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      assertThat(new CommandLine(new EvaluateCommand()).execute(arguments)).isZero();
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
