package dev.sluice.launcher.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.safetensors.Checkpoints;
import dev.sluice.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pictures of every family against those that the reference makes. */
class ReferencePicturesIT extends SystemTest {

  @Test
  void thePictureIsTheOneThatTheReferenceMakes() {
    // The run that about.json of the pack describes.
    Image image =
        overGrpc(
                request("reference", 842)
                    .setPrior(SamplingSettings.newBuilder().setSteps(5).setGuidanceScale(4))
                    .setDenoiser(SamplingSettings.newBuilder().setSteps(5).setGuidanceScale(8))
                    .addUpscaler(SamplingSettings.newBuilder().setSteps(7))
                    .build())
            .get(0);

    float[] expected;
    Path golden = TinyModel.source().resolve("golden.txt2img.safetensors");
    try (TensorSource tensors = Checkpoints.open(golden)) {
      expected = tensors.floats("out.image");
    }
    // The pack's tolerance is 0.0035 of the range, for sums in the reference's order. oneDNN's are
    // in another one, a difference that this random model makes 20,000 times as large.
    assertThat(Png.largestDifference(image.getPng(), expected)).isLessThan(0.02);
  }

  /** Runs that about.json of the packs describe, of one picture each. */
  static Stream<Arguments> recordedRuns() {
    String prompt = "a photo of an astronaut riding a horse on mars";
    String unwanted = "blurry, low quality";
    return Stream.of(
        arguments(
            recorded("pipe-sd", 42, 5, 7.5).setPrompt(prompt).setNegativePrompt(unwanted),
            "txt2img"),
        arguments(
            recorded("pipe-sdxl", 42, 5, 5).setPrompt(prompt).setNegativePrompt(unwanted),
            "txt2img"),
        arguments(
            recorded("pipe-if", 2242, 5, 7).setPrompt(prompt).setNegativePrompt(unwanted),
            "txt2img"),
        arguments(recorded("pipe-dit", 33, 4, 1).setClassLabel(1), "nocfg"));
  }

  @ParameterizedTest
  @MethodSource("recordedRuns")
  void aPictureOfEveryFamilyIsTheOneThatTheReferenceMakes(
      GenerationRequest.Builder request, String run) {
    Image image = overGrpc(request.build()).get(0);

    Path golden = TinyModel.source(request.getModel()).resolve("golden." + run + ".safetensors");
    try (TensorSource tensors = Checkpoints.open(golden)) {
      assertThat(Png.largestDifference(image.getPng(), tensors.floats("out.image")))
          .isLessThan(0.002 + 0.5 / 255);
    }
  }
}
