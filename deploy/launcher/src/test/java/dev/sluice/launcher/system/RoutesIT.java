package dev.sluice.launcher.system;

import static dev.sluice.launcher.system.SharedInstance.LATENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.Origin;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pictures that take other ways through the stages: two models, codes, a kept beginning. */
class RoutesIT extends SystemTest {

  @Test
  void aPictureIsBegunByOneModelAndFinishedByTheOther() {
    GenerationRequest alone =
        recorded("pipe-sdxl", 42, 10, 5).setRequestId("alone").setPrompt("a ship").build();
    GenerationRequest refined =
        alone.toBuilder().setRequestId("refined").setRefinerModel("pipe-sdxl-refiner").build();

    List<Stage> stages = new ArrayList<>();
    Image image =
        overGrpc(refined, event -> stages.addAll(event.getAccepted().getStagesList())).get(0);

    assertThat(stages)
        .containsExactly(
            Stage.TEXT_ENCODER, Stage.DENOISER, Stage.TEXT_ENCODER, Stage.DENOISER, Stage.UPSCALER);
    assertThat(image.getTimingsList()).hasSize(5);
    ByteString again = overGrpc(refined.toBuilder().setRequestId("again").build()).get(0).getPng();
    assertThat(Png.largestDifference(image.getPng(), again)).isLessThanOrEqualTo(1);
    assertThat(Png.largestDifference(image.getPng(), overGrpc(alone).get(0).getPng()))
        .isGreaterThan(10);
  }

  @Test
  void kandinskysTwoHalvesMakeOnePicture() {
    GenerationRequest request =
        recorded("pipe-kandinsky22-decoder", 42, 5, 4)
            .setRequestId("halves")
            .setPrompt("a ship")
            .setPrior(SamplingSettings.newBuilder().setSteps(4))
            .build();

    Image image = overGrpc(request).get(0);

    assertThat(image.getTimingsList())
        .extracting(timing -> timing.getStage())
        .containsExactly(Stage.TEXT_ENCODER, Stage.PRIOR, Stage.DENOISER, Stage.UPSCALER);
    GenerationRequest named =
        request.toBuilder().setRequestId("named").setPriorModel("pipe-kandinsky22-prior").build();
    GenerationRequest other =
        request.toBuilder().setRequestId("other").setPrompt("a red square").build();
    assertThat(Png.largestDifference(image.getPng(), overGrpc(named).get(0).getPng()))
        .isLessThanOrEqualTo(1);
    assertThat(Png.largestDifference(image.getPng(), overGrpc(other).get(0).getPng()))
        .isGreaterThan(10);
  }

  @Test
  void anAutoregressivePriorTellsACodeAtATimeAndMakesTheSamePictureAgain() {
    GenerationRequest request =
        shape("coded").setAutoregressivePrior(true).setPriorCandidates(2).build();
    List<String> steps = new ArrayList<>();

    Image image =
        overGrpc(
                request,
                event -> {
                  if (event.getProgress().getStage() == Stage.PRIOR) {
                    steps.add(event.getProgress().getStep() + "/" + event.getProgress().getTotal());
                  }
                })
            .get(0);

    assertThat(steps).contains("1/48", "48/48");
    Image again = overGrpc(request.toBuilder().setRequestId("coded-again").build()).get(0);
    Image diffused = overGrpc(shape("diffused").build()).get(0);
    assertThat(Png.largestDifference(image.getPng(), again.getPng())).isLessThanOrEqualTo(1);
    assertThat(Png.largestDifference(image.getPng(), diffused.getPng())).isGreaterThan(10);
  }

  @Test
  void noiseOnAPictureToBeEnlargedChangesItAsFarAsTheModelKnowsIt() {
    GenerationRequest.Builder request = shape("noised");
    request.addUpscalerBuilder().setNoiseLevel(150);

    Image noised = overGrpc(request.build()).get(0);

    Image plain = overGrpc(shape("noiseless").build()).get(0);
    assertThat(Png.largestDifference(noised.getPng(), plain.getPng())).isGreaterThan(10);
    request.setRequestId("too-noisy").getUpscalerBuilder(0).setNoiseLevel(251);
    assertThatThrownBy(() -> overGrpc(request.build()))
        .hasMessageContaining("noise_level is 251; model shapes-unclip knows 0 to 250");
  }

  @Test
  void aPictureGoesOnFromWhereAnotherWasKept() {
    GenerationRequest first =
        request("kept", 5).setModel(LATENT).clearPrior().addKeep(Stage.TEXT_ENCODER).build();
    GenerationRequest unclip =
        request("kept-unclip", 5).addKeep(Stage.PRIOR).addKeep(Stage.DENOISER).build();
    ByteString picture = overGrpc(first).get(0).getPng();
    ByteString large = overGrpc(unclip).get(0).getPng();
    SamplingSettings quick = SamplingSettings.newBuilder().setSteps(3).build();

    Image rest = overGrpc(fork("rest", first, Stage.TEXT_ENCODER).build()).get(0);
    Image quicker =
        overGrpc(fork("quicker", first, Stage.TEXT_ENCODER).setDenoiser(quick).build()).get(0);
    Image reseeded =
        overGrpc(fork("reseeded", first, Stage.TEXT_ENCODER).setSeed(6).build()).get(0);

    assertThat(rest.getTimingsList())
        .extracting(timing -> timing.getStage())
        .containsExactly(Stage.DENOISER, Stage.UPSCALER);
    assertSamePixels(rest.getPng(), picture);
    GenerationRequest allQuick =
        first.toBuilder().setRequestId("all-quick").setDenoiser(quick).build();
    assertSamePixels(quicker.getPng(), overGrpc(allQuick).get(0).getPng());
    // The text encoder draws no random numbers, so that nothing of the first seed is left.
    GenerationRequest otherSeed = first.toBuilder().setRequestId("other-seed").setSeed(6).build();
    assertSamePixels(reseeded.getPng(), overGrpc(otherSeed).get(0).getPng());
    assertThat(Png.largestDifference(reseeded.getPng(), picture)).isGreaterThan(10);
    for (Stage stage : List.of(Stage.PRIOR, Stage.DENOISER)) {
      Image end = overGrpc(fork("end-" + stage, unclip, stage).build()).get(0);
      assertThat(end.getSeed()).isEqualTo(5);
      assertThat(Png.largestDifference(end.getPng(), large)).as("after %s", stage).isLessThan(3);
    }
  }

  private static GenerationRequest.Builder fork(String id, GenerationRequest first, Stage stage) {
    return GenerationRequest.newBuilder()
        .setRequestId(id)
        .setFrom(Origin.newBuilder().setRequestId(first.getRequestId()).setStage(stage));
  }

  private static void assertSamePixels(ByteString one, ByteString other) {
    assertThat(Png.largestDifference(one, other)).isLessThanOrEqualTo(1);
  }
}
