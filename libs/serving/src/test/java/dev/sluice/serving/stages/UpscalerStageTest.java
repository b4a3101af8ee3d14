package dev.sluice.serving.stages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.UpscalerParameters;
import dev.sluice.serving.StageTensors;
import dev.sluice.serving.StageTrial;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageStoppedException;
import dev.sluice.stage.work.StageWork;
import java.awt.image.BufferedImage;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpscalerStageTest {

  private final StageWork stage = new UpscalerStage(StageTrial.engines()).open();

  private static Task task(int channels) {
    return Task.newBuilder()
        .setHeader(StageTrial.header(7))
        .setStep(
            RouteStep.newBuilder()
                .setStage(Stage.UPSCALER)
                .setUpscaler(UpscalerParameters.newBuilder().addCascade(StageTrial.sampling(4, 1))))
        .putInputs("sample", StageTensors.of(StageTrial.anyFloats(1, channels, 16, 16)))
        .build();
  }

  @Test
  void run_givesTheEnlargedPictureAsNumbersAndAsPng() throws IOException {
    StageTrial.Context context = new StageTrial.Context();
    StageResult result = stage.run(task(3), context);

    assertThat(result.getImage().getWidth()).isEqualTo(32);
    assertThat(result.getImage().getHeight()).isEqualTo(32);
    assertThat(context.progress()).containsExactly("1/4", "2/4", "3/4", "4/4");
    float[] sample = TensorMessages.floats("sample", result.getOutputsOrThrow("sample"));
    BufferedImage png = ImageIO.read(result.getImage().getPng().newInput());
    for (int i = 0; i < 32 * 32; i++) {
      float red = Math.max(0, Math.min(1, sample[i] / 2 + 0.5f)) * 255;
      int rgb = png.getRGB(i % 32, i / 32);
      assertThat((float) (rgb >> 16 & 255)).isCloseTo(red, within(0.51f));
    }
  }

  private static org.assertj.core.data.Offset<Float> within(float value) {
    return org.assertj.core.data.Offset.offset(value);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void run_goesOnWhereAnEarlierAttemptWasStopped(int stepsBefore) {
    // Who waits for the model asks whether to go on, too.
    StageResult whole = stage.run(task(3), new StageTrial.Context());
    StageTrial.Context stopped = new StageTrial.Context(stepsBefore);
    assertThatThrownBy(() -> stage.run(task(3), stopped)).isInstanceOf(StageStoppedException.class);

    StageTrial.Context next = stopped.next();
    StageResult resumed = stage.run(task(3), next);

    assertThat(next.progress()).hasSize(4 - stepsBefore);
    assertThat(resumed).isEqualTo(whole);
  }

  @Test
  void run_isTheSameEveryTime() {
    assertThat(stage.run(task(3), new StageTrial.Context()))
        .isEqualTo(stage.run(task(3), new StageTrial.Context()));
  }

  @Test
  void run_refusesALatent() {
    assertThatThrownBy(() -> stage.run(task(4), new StageTrial.Context()))
        .isInstanceOf(InvalidTaskException.class)
        .hasMessageContaining("3, height, width]")
        .hasMessageContaining("[1, 4, 16, 16]");
  }
}
