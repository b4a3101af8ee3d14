package dev.sluice.planning;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How much work is declared for the stages of a picture. */
class WorkPlanTest extends PlanningTest {

  private double work(Stage stage, GenerationRequest.Builder request) {
    return planner.plan(request.build(), NOW).route().stream()
        .filter(step -> step.getStage() == stage)
        .mapToDouble(RouteStep::getWork)
        .sum();
  }

  private static GenerationRequest.Builder sd(int side, int steps, double guidance) {
    return request()
        .setModel("pipe-sd")
        .setWidth(side)
        .setHeight(side)
        .setDenoiser(
            SamplingSettings.newBuilder()
                .setSampler("DDIMScheduler")
                .setSteps(steps)
                .setGuidanceScale(guidance));
  }

  @Test
  void work_isRowsTimesStepsTimesWhatARowCosts() {
    int latent = 8 * 8;

    assertThat(work(Stage.DENOISER, sd(64, 10, 7.5))).isEqualTo(2 * 10 * latent);
    assertThat(work(Stage.DENOISER, sd(128, 10, 7.5))).isEqualTo(4 * 2 * 10 * latent);
    assertThat(work(Stage.DENOISER, sd(64, 10, 1))).isEqualTo(10 * latent);
    assertThat(work(Stage.UPSCALER, sd(128, 10, 1))).as("decoding").isEqualTo(128 * 128);
  }

  @Test
  void work_countsTheCallsThatASamplerMakes() {
    GenerationRequest.Builder heun = sd(64, 10, 1);
    heun.getDenoiserBuilder().setSampler("HeunDiscreteScheduler");

    assertThat(work(Stage.DENOISER, heun)).isEqualTo(19 * 64);
  }

  @Test
  void work_countsGuidanceWhereItIsAtWork() {
    GenerationRequest.Builder half = sd(64, 10, 7.5);
    half.getDenoiserBuilder().setGuidanceStart(0.25).setGuidanceEnd(0.75);

    assertThat(work(Stage.DENOISER, half)).isEqualTo(1.5 * 10 * 64);
  }

  @Test
  void work_ofAPictureThatStartsFromOneIsThatOfTheStepsLeft() {
    GenerationRequest.Builder from = sd(64, 10, 1).setImage(picture(64, 64));

    assertThat(work(Stage.DENOISER, from.setStrength(0.5))).isEqualTo(5 * 64);
  }

  @Test
  void work_ofTwoModelsOnOneScheduleIsSharedOut() {
    double whole = work(Stage.DENOISER, request().setModel("pipe-sdxl"));

    assertThat(work(Stage.DENOISER, refined())).isBetween(0.9 * whole, 1.1 * whole);
  }

  @Test
  void work_ofAPriorGoesByTheTokensOfItsText() {
    assertThat(work(Stage.PRIOR, request().setPrior(SamplingSettings.newBuilder().setSteps(5))))
        .as("guided: the text's tokens and four beside them")
        .isEqualTo(2 * 5 * (77 + 4));
  }

  static Stream<GenerationRequest.Builder> requests() {
    ByteString image = picture(16, 16);
    return Stream.of(
        request(),
        request().setPriorCandidates(3),
        request().setModel("pipe-sd3"),
        request().setModel("pipe-sdxl"),
        request().setModel(KANDINSKY),
        refined(),
        request().setModel(VARIES).clearPrompt().setImage(image),
        request().setInterpolation(to("a blue square")).setN(3),
        enlargement(16));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void work_isDeclaredForEveryStep(GenerationRequest.Builder request) {
    List<RouteStep> route = planner.plan(request.build(), NOW).route();

    assertThat(route).isNotEmpty().allMatch(step -> step.getWork() >= 1);
  }
}
