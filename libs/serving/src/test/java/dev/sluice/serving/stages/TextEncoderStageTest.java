package dev.sluice.serving.stages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.contract.v1.TextEncoderParameters;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.serving.StageTrial;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageWork;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextEncoderStageTest {

  private final StageWork stage = new TextEncoderStage(StageTrial.engines()).open();

  private static Task task(String prompt, String negativePrompt) {
    return Task.newBuilder()
        .setHeader(StageTrial.header(7))
        .setStep(
            RouteStep.newBuilder()
                .setStage(Stage.TEXT_ENCODER)
                .setTextEncoder(
                    TextEncoderParameters.newBuilder()
                        .setPrompt(prompt)
                        .setNegativePrompt(negativePrompt)))
        .build();
  }

  @Test
  void run_encodesPromptAndNegativePrompt() {
    StageResult result = stage.run(task("a red circle", "blue"), new StageTrial.Context());

    Map<String, Tensor> outputs = result.getOutputsMap();
    assertThat(outputs)
        .containsOnlyKeys(
            "text_embeds",
            "text_hidden_states",
            "text_mask",
            "negative_text_embeds",
            "negative_text_hidden_states",
            "negative_text_mask");
    assertThat(TensorMessages.shape("text_hidden_states", outputs.get("text_hidden_states")))
        .containsExactly(1, 77, 16);
    assertThat(outputs.get("negative_text_embeds"))
        .isEqualTo(
            stage.run(task("blue", ""), new StageTrial.Context()).getOutputsOrThrow("text_embeds"))
        .isNotEqualTo(outputs.get("text_embeds"));
  }

  @Test
  void run_handsOnTheGeneratorBeforeItsFirstDraw() {
    StageResult result = stage.run(task("a horse", ""), new StageTrial.Context());

    assertThat(result.getHeader().getGeneratorState().toByteArray())
        .isEqualTo(new TorchGenerator(7).state());
  }

  @Test
  void run_refusesAPromptThatIsTooLong() {
    Task task = task("", "x".repeat(1001));

    assertThatThrownBy(() -> stage.run(task, new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessage("1001 characters; expected at most 1000");
  }

  @Test
  void run_tellsWhatOfAPromptIsNotSeen() {
    String words = "a red circle above a blue square ".repeat(12).strip();

    StageResult result = stage.run(task(words + " in the snow", "blue"), new StageTrial.Context());

    assertThat(result.getHeader().getWarningsList())
        .singleElement()
        .asString()
        .startsWith("The prompt is longer than the 77 tokens that the model's text encoder reads;")
        .contains("...");
    assertThat(
            stage
                .run(task("a horse", "blue"), new StageTrial.Context())
                .getHeader()
                .getWarningsList())
        .isEmpty();
  }
}
