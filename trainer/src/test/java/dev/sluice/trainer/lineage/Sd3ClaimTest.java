package dev.sluice.trainer.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import dev.sluice.trainer.latent.ShapesSd3;
import dev.sluice.trainer.latent.TinySd3;
import dev.sluice.trainer.latent.TinyTurbo;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sd3ClaimTest {

  @TempDir private Path folder;

  @Test
  void sd3_comparesShiftsStepsAndWhatIsTrainedFor() throws IOException {
    Path models = Files.createDirectories(folder.resolve("models"));
    TinyTurbo.teacher(folder.resolve("latents"));
    List<String> small = TinySd3.small(folder.resolve("latents/model"));
    List<String> settings = new ArrayList<>(small);
    settings.add("phases.text-to-flow.steps=1");
    Trainings.train(new ShapesSd3(), folder, null, null, false, settings.toArray(String[]::new));
    Files.move(folder.resolve("model"), models.resolve("shapes-sd3"));
    Path out = folder.resolve("out");

    new Sd3Claim().run(TinySetup.of(folder, 1, 2, List.of(1, 3), List.of(3.0), small));

    List<String> shifts = Files.readAllLines(out.resolve("sd3-shift.md"));
    assertThat(shifts).hasSize(4 + 2 * 5);
    assertThat(shifts.get(11)).startsWith("| 2.000 | 96 x 64 | ");
    List<String> table = Files.readAllLines(out.resolve("sd3.md"));
    assertThat(table).hasSize(4 + 2 * (1 + 6));
    assertThat(table.get(4)).as("one step is straight").startsWith("| shapes-sd3 |  | 1 | ");
    assertThat(table.get(4)).endsWith(" | 1.000 |");
    assertThat(table.get(9)).matches("\\| rectified flow, even \\| \\S+ \\| 3 \\| .*");
    assertThat(table.get(12)).startsWith("| velocity | ");
    assertThat(table.get(14)).startsWith("| rectified flow, weights shared by text and picture | ");
    assertThat(weight("rectified-flow-weights-shared-by-text-and-picture", "add_k_proj"))
        .isEqualTo(weight("rectified-flow-weights-shared-by-text-and-picture", "to_k"));
    assertThat(weight("velocity", "add_k_proj")).isNotEqualTo(weight("velocity", "to_k"));
    assertThat(table.get(16)).startsWith("| rectified flow, the picture attends to a text ");
    assertThat(out.resolve("sd3-steps.png")).isNotEmptyFile();
    assertThat(out.resolve("sd3-samples.png")).isNotEmptyFile();
  }

  private float[] weight(String arm, String layer) {
    Path transformer = folder.resolve("arms/sd3").resolve(arm).resolve("model/transformer");
    try (TensorSource weights = Checkpoints.open(transformer)) {
      return weights.floats("transformer_blocks.0.attn.%s.weight".formatted(layer));
    }
  }
}
