package dev.sluice.trainer.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.system.Trainings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShapesSdsTest {

  private static final String WEIGHTS = "model/unet/diffusion_pytorch_model.safetensors";

  @TempDir private static Path teacher;
  @TempDir private Path folder;

  @BeforeAll
  static void trainTheJudge() throws IOException {
    TinyTurbo.teacher(teacher);
  }

  private static String train(Path to, boolean resume, int steps, String... settings)
      throws IOException {
    return Trainings.train(
        new ShapesSds(),
        to,
        null,
        null,
        resume,
        Stream.concat(
                Stream.of(
                    "built-on.unet=" + teacher.resolve("model"),
                    "built-on.vae=" + teacher.resolve("model"),
                    "built-on.text_encoder=" + TinyLatents.CLIP,
                    "phases.distillation.batch=4",
                    "phases.distillation.shards=1",
                    "phases.distillation.optimizer.warm-up=1",
                    "phases.distillation.optimizer.course=constant",
                    "phases.distillation.optimizer.rate=1e-2",
                    "phases.distillation.steps=" + steps),
                Stream.of(settings))
            .toArray(String[]::new));
  }

  @Test
  void aGeneratorIsMovedByItsJudgeServedInOneStepAndGoneOnWithBitForBit()
      throws IOException, InterruptedException {
    String told = train(folder, false, 40);
    assertThat(TinyLatents.loss(told, "distillation", "unet", "40/40"))
        .as("what it makes is more to the judge's mind")
        .isLessThan(TinyLatents.loss(told, "distillation", "unet", "10/40"));

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    assertThat(Files.readString(folder.resolve("model/scheduler/scheduler_config.json")))
        .contains("LCMScheduler", "v_prediction");
    assertThat(Files.readString(folder.resolve("model/sampling_defaults.json")))
        .containsPattern("\"steps\" : 1\\b");
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats circle = TinyLatents.picture(model, text.encode(Prompt.of("a red circle")));
      assertThat(circle.shape()).containsExactly(1, 3, 64, 64);
      assertThat(circle.allFinite()).isTrue();
    }

    Path other = folder.resolve("other");
    String[] steady = {"phases.distillation.timesteps.most-at-end=0.98"};
    train(other, false, 3, steady);
    train(other, true, 4, steady);
    Path whole = folder.resolve("whole");
    train(whole, false, 4, steady);
    assertThat(other.resolve(WEIGHTS)).hasSameBinaryContentAs(whole.resolve(WEIGHTS));
  }

  @Test
  void aJudgeOfAnotherProcess_isRefused() {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> train(folder, false, 2, "loss.process.betas=linear"))
        .withMessageContaining("the teacher was trained with squaredcos_cap_v2");
  }
}
