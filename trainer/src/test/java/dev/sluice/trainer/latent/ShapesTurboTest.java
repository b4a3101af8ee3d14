package dev.sluice.trainer.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.request.Prompt;
import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.trainer.recipe.Recipe;
import dev.sluice.trainer.recipe.RecipeException;
import dev.sluice.trainer.recipe.RecipeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShapesTurboTest {

  @TempDir private static Path teacher;
  @TempDir private Path folder;

  @BeforeAll
  static void trainTheTeacher() throws IOException {
    TinyTurbo.teacher(teacher);
  }

  private static String train(Path to, boolean resume, int steps, String... settings)
      throws IOException {
    return TinyTurbo.train(teacher.resolve("model"), to, resume, steps, settings);
  }

  @Test
  void aStudentIsTrainedBesideACriticServedInFewStepsAndGoneOnWithBitForBit()
      throws IOException, InterruptedException {
    String told = train(folder, false, 20);
    assertThat(TinyLatents.loss(told, "distillation", "critic", "20/20"))
        .as("the critic learns faster than so small a student")
        .isLessThan(TinyLatents.loss(told, "distillation", "critic", "10/20"));
    assertThat(told).containsPattern(" distillation [0-9]");

    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    assertThat(model.pipeline().className()).isEqualTo("StableDiffusionPipeline");
    assertThat(Files.readString(folder.resolve("model/scheduler/scheduler_config.json")))
        .contains("LCMScheduler", "v_prediction");
    try (TextEncoder text = Families.textEncoder(model, BatchLimit.DEFAULT)) {
      HostTensor.Floats circle = TinyLatents.picture(model, text.encode(Prompt.of("a red circle")));
      assertThat(circle.shape()).containsExactly(1, 3, 64, 64);
      assertThat(circle.allFinite()).isTrue();
    }
    String weights = "model/unet/diffusion_pytorch_model.safetensors";
    assertThat(Arrays.mismatch(bytes(folder, weights), bytes(teacher, weights)))
        .as("the student is not the teacher any more")
        .isNotNegative();

    Path other = folder.resolve("other");
    train(other, false, 19);
    train(other, true, 20);
    assertThat(other.resolve(weights)).hasSameBinaryContentAs(folder.resolve(weights));
  }

  private static byte[] bytes(Path folder, String file) throws IOException {
    return Files.readAllBytes(folder.resolve(file));
  }

  @Test
  void eachHalfOfTheLossCanBeLeftOut() throws IOException {
    assertThat(train(folder.resolve("teacher"), false, 2, "phases.distillation.critic.weight=0"))
        .contains("unet/loss")
        .doesNotContain("critic/loss");
    assertThat(train(folder.resolve("critic"), false, 2, "phases.distillation.teacher.weight=0"))
        .contains("critic/loss");
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(
            () ->
                train(
                    folder.resolve("none"),
                    false,
                    2,
                    "phases.distillation.teacher.weight=0",
                    "phases.distillation.critic.weight=0"))
        .withMessageContaining("nothing would be learned");
  }

  @Test
  void theStudentIsAskedWhereItsSamplerStops() throws IOException {
    Recipe recipe = RecipeFile.shipped("shapes-turbo");

    assertThat(FewStepStudent.timesteps(recipe, 4)).containsExactly(999, 759, 499, 259);
    assertThat(FewStepStudent.timesteps(recipe, 2)).containsExactly(999, 499);
    assertThat(FewStepStudent.timesteps(recipe, 1)).containsExactly(999);
  }

  @Test
  void aTeacherOfAnotherProcess_isRefused() {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> train(folder, false, 2, "loss.process.betas=linear"))
        .withMessageContaining("the teacher was trained with squaredcos_cap_v2");
  }
}
