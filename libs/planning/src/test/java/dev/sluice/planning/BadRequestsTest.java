package dev.sluice.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import dev.sluice.contract.v1.Change;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.request.RequestException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that cannot be met are refused by the name of the field at fault. */
class BadRequestsTest extends PlanningTest {

  static Stream<Arguments> badRequests() {
    SamplingSettings.Builder settings = SamplingSettings.newBuilder();
    return Stream.of(
        bad("prompt", request().setPrompt("")),
        bad("prompt", request().setPrompt(" \n")),
        bad("prompt", request().setPrompt("x".repeat(10_000))),
        bad("negative_prompt", request().setNegativePrompt("x".repeat(1_001))),
        bad("request_id", request().setRequestId("../../etc")),
        bad("n", request().setN(17)),
        bad("n", request().setN(-1)),
        bad("seed", request().setSeed(-1)),
        bad("seed", request().setSeed(Long.MAX_VALUE).setN(2)),
        bad("size", request().setWidth(33).setHeight(32)),
        bad("size", request().setHeight(-1)),
        bad("prior.steps", request().setPrior(settings.clone().setSteps(0))),
        bad("denoiser.steps", request().setDenoiser(settings.clone().setSteps(1_000_000))),
        bad("upscaler[0].steps", request().addUpscaler(settings.clone().setSteps(-5))),
        bad("upscaler", request().addUpscaler(settings).addUpscaler(settings)),
        bad("denoiser.guidance_scale", request().setDenoiser(scale(Double.NaN))),
        bad("denoiser.guidance_scale", request().setDenoiser(scale(Double.POSITIVE_INFINITY))),
        bad("prior.guidance_scale", request().setPrior(scale(-0.5))),
        bad("denoiser.eta", request().setDenoiser(settings.clone().setEta(1.5))),
        bad(
            "denoiser.classifier_scale",
            request()
                .clearPrompt()
                .setModel("pipe-ddpm")
                .setClassLabel(1)
                .setDenoiser(settings.clone().setClassifierScale(2))),
        bad(
            "denoiser.classifier_scale",
            request().setDenoiser(settings.clone().setClassifierScale(Double.NaN))),
        bad("denoiser.clip_scale", request().setDenoiser(settings.clone().setClipScale(9))),
        bad("prior.clip_scale", request().setPrior(settings.clone().setClipScale(9))),
        bad(
            "upscaler[0].classifier_scale",
            request().addUpscaler(settings.clone().setClassifierScale(9))),
        bad("denoiser.timestep_spacing", request().setDenoiser(spacing("wide"))),
        bad(
            "prior.guidance_rescale",
            request().setPrior(settings.clone().setGuidanceRescale(Double.NaN))),
        bad("denoiser.guidance_start", request().setDenoiser(interval(-0.5, 1))),
        bad("denoiser.guidance_end", request().setDenoiser(interval(0, 1.5))),
        bad("denoiser.guidance_end", request().setDenoiser(interval(0.8, 0.2))),
        bad(
            "denoiser.static_threshold",
            request().setDenoiser(settings.clone().setStaticThreshold(-1))),
        bad(
            "denoiser.static_threshold",
            request().setDenoiser(settings.clone().setStaticThreshold(1).setDynamicThreshold(0.9))),
        bad(
            "denoiser.dynamic_threshold",
            request().setDenoiser(settings.clone().setDynamicThreshold(0))),
        bad(
            "upscaler[0].dynamic_threshold_max",
            request().addUpscaler(settings.clone().setDynamicThresholdMax(2))),
        bad("denoiser.sampler", request().setDenoiser(settings.clone().setSampler("Magic"))),
        bad("timeout", request().setTimeout(Durations.fromSeconds(-1))),
        bad("timeout", request().setTimeout(Durations.fromDays(1_000))),
        bad("model", request().setModel("pipe-kandinsky22-prior")),
        bad("prompt", request().setModel("pipe-ddpm")),
        bad("class_label", request().clearPrompt().setModel("pipe-dit")),
        bad("class_label", request().clearPrompt().setModel("pipe-dit").setClassLabel(5000)),
        bad("class_label", request().setModel("pipe-sd").setClassLabel(1)),
        bad("width", request().setModel("pipe-sd").setWidth(63)),
        bad("height", request().setModel("pipe-sd").setHeight(80_000)),
        bad("strength", request().setModel("pipe-sd").setStrength(0.5)),
        bad("strength", request().setStrength(Double.NaN)),
        bad("keep_structure", request().setModel("pipe-sd").setKeepStructure(true)),
        bad(
            "denoiser.cache_interval",
            request().setDenoiser(SamplingSettings.newBuilder().setCacheInterval(0))),
        bad(
            "prior.cache_interval",
            request().setPrior(SamplingSettings.newBuilder().setCacheInterval(2))),
        bad("keep_structure", request().setKeepStructure(true)),
        bad(
            "interpolation.change",
            request()
                .setInterpolation(
                    Interpolation.newBuilder()
                        .setChange(Change.newBuilder().setFrom("a cat").setTo("a lion")))
                .setN(2)),
        bad(
            "interpolation.change.to",
            request()
                .setInterpolation(
                    Interpolation.newBuilder()
                        .setChange(Change.newBuilder().setFrom("a").setTo("x".repeat(1001))))
                .setN(2)),
        bad(
            "interpolation.seed",
            request().setInterpolation(Interpolation.newBuilder().setSeed(-1)).setN(2)),
        bad(
            "interpolation.seed",
            request()
                .setModel("pipe-sd")
                .setImage(picture(16, 16))
                .setInterpolation(Interpolation.newBuilder().setSeed(1))
                .setN(2)),
        bad("n", request().setInterpolation(Interpolation.newBuilder().setSeed(1))),
        bad("tenant", request().setTenant("t".repeat(129))),
        bad("image", request().setModel("pipe-sdxl-refiner")),
        bad("image", request().setModel("pipe-sd").setImage(ByteString.copyFromUtf8("GIF8"))),
        bad("mask", request().setModel("pipe-sd").setMask(picture(8, 8))),
        bad("mask", request().setModel(VARIES).setImage(picture(8, 8)).setMask(picture(8, 8))),
        bad(
            "mask",
            request().setModel("pipe-sd").setImage(picture(64, 64)).setMask(picture(64, 32))),
        bad(
            "mask",
            request()
                .setModel("pipe-sd")
                .setImage(picture(64, 64))
                .setMask(ByteString.copyFromUtf8("GIF8"))),
        bad("refiner_model", request().setModel("pipe-sdxl").setRefinerStart(0.7)),
        bad("refiner_model", request().setModel("pipe-sdxl").setRefinerModel("pipe-sd")),
        bad("refiner_model", request().setModel("pipe-sdxl").setRefinerModel("pipe-dit")),
        bad("refiner_model", request().setRefinerModel("pipe-sdxl-refiner")),
        bad("refiner_start", refined().setRefinerStart(0)),
        bad("refiner_start", refined().setRefinerStart(1)),
        bad("refiner_start", refined().setRefinerStart(Double.NaN)),
        bad("refiner.steps", refined().setRefiner(settings.clone().setSteps(0))),
        bad("noise_level", request().setModel("pipe-sd").setNoiseLevel(3)),
        bad(
            "noise_level",
            request().setModel("pipe-sd-x4-upscaler").setImage(picture(16, 16)).setNoiseLevel(351)),
        bad(
            "upscaler[0].noise_level",
            request().addUpscaler(SamplingSettings.newBuilder().setNoiseLevel(1))),
        bad(
            "denoiser.cache_interval",
            request()
                .setModel("pipe-sd3")
                .setDenoiser(SamplingSettings.newBuilder().setCacheInterval(2))),
        bad("interpolation", request().setModel("pipe-sd").setN(2).setInterpolation(to("a ship"))),
        bad("interpolation", request().setN(2).setInterpolation(to(" "))),
        bad("interpolation", request().setN(2).setInterpolation(Interpolation.newBuilder())),
        bad("interpolation.prompt", request().setN(2).setInterpolation(to("x".repeat(1_001)))),
        bad("interpolation.image", request().setN(2).setInterpolation(to(picture(8, 8)))),
        bad(
            "interpolation.image",
            request()
                .setModel(KANDINSKY)
                .setN(2)
                .setInterpolation(to(ByteString.copyFromUtf8("GIF8")))),
        bad(
            "interpolation.prompt",
            GenerationRequest.newBuilder()
                .setModel("pipe-unclip-image-variation")
                .setImage(picture(8, 8))
                .setN(2)
                .setInterpolation(to("a ship"))),
        bad(
            "interpolation.position",
            request().setInterpolation(to("a ship").setPosition(Double.NaN))),
        bad("interpolation.position", request().setInterpolation(to("a ship").setPosition(1.1))),
        bad("n", request().setInterpolation(to("a ship"))),
        bad("n", request().setN(2).setInterpolation(to("a ship").setPosition(0.5))),
        bad("prompt", request().clearPrompt().setN(2).setInterpolation(to("a ship"))),
        bad(
            "prompt",
            request()
                .setModel(KANDINSKY)
                .setImage(picture(8, 8))
                .setN(2)
                .setInterpolation(to("a ship"))),
        bad(
            "variation",
            GenerationRequest.newBuilder()
                .setModel(KANDINSKY)
                .setImage(picture(8, 8))
                .setVariation(true)
                .setN(2)
                .setInterpolation(to("a ship"))),
        bad(
            "prior_candidates",
            GenerationRequest.newBuilder()
                .setModel(KANDINSKY)
                .setImage(picture(8, 8))
                .setPriorCandidates(2)
                .setN(2)
                .setInterpolation(to(picture(8, 8)))),
        bad("prior_candidates", request().setPriorCandidates(17)),
        bad("prior_candidates", request().setPriorCandidates(-1)),
        bad("prior_candidates", request().setModel("pipe-sd").setPriorCandidates(2)),
        bad(
            "prior_candidates",
            request()
                .setModel(KANDINSKY)
                .setImage(picture(8, 8))
                .setVariation(true)
                .setPriorCandidates(2)),
        bad("autoregressive_prior", request().setAutoregressivePrior(true)),
        bad("autoregressive_prior", request().setModel("pipe-sd").setAutoregressivePrior(true)),
        bad("prior_model", request().setPriorModel("pipe-kandinsky22-prior")),
        bad("prior_model", request().setModel(KANDINSKY).setPriorModel("pipe-unclip")),
        bad("prompt", request().setModel(KANDINSKY).clearPrompt()),
        bad("width", request().setModel(KANDINSKY).setWidth(17)),
        bad("variation", request().setModel("pipe-sd").setImage(picture(8, 8)).setVariation(true)),
        bad("variation", request().setImage(picture(8, 8)).setVariation(true)),
        bad("image", request().setModel("pipe-unclip-image-variation")),
        bad("image", request().setModel(KANDINSKY).setVariation(true)),
        bad("strength", request().setModel(KANDINSKY).setStrength(0.5)),
        bad("noise_level", request().setNoiseLevel(3)),
        bad("upscale", enlargement(8).setModel("pipe-sd")),
        bad("upscale", enlargement(16).setModel(KANDINSKY)),
        bad("image", enlargement(16).clearImage()),
        bad("image", enlargement(17)),
        bad("image", enlargement(16).setImage(ByteString.copyFromUtf8("GIF8"))),
        bad("prompt", enlargement(16).setPrompt("a red circle")),
        bad("denoiser", enlargement(16).setDenoiser(settings.clone().setSteps(5))),
        bad("variation", enlargement(16).setVariation(true)),
        bad("upscaler", enlargement(16).addUpscaler(settings).addUpscaler(settings)),
        bad("size", enlargement(16).setWidth(64)),
        bad("image", request().setModel(KANDINSKY).setImage(picture(8, 8))));
  }

  private static Arguments bad(String field, GenerationRequest.Builder request) {
    return Arguments.of(field, request.build());
  }

  private static SamplingSettings.Builder scale(double value) {
    return SamplingSettings.newBuilder().setGuidanceScale(value);
  }

  private static SamplingSettings.Builder spacing(String name) {
    return SamplingSettings.newBuilder().setTimestepSpacing(name);
  }

  private static SamplingSettings.Builder interval(double start, double end) {
    return SamplingSettings.newBuilder().setGuidanceStart(start).setGuidanceEnd(end);
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("badRequests")
  void plan_refusesABadRequestByTheNameOfItsField(String field, GenerationRequest request) {
    assertThatThrownBy(() -> planner.plan(request, NOW))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> {
              assertThat(e.toError().getCode()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
              assertThat(e.toError().getField()).isEqualTo(field);
              assertThat(e).hasMessageMatching("(?s).{10,600}");
            });
  }

  @Test
  void plan_countsCharactersNotCodeUnits() {
    String thousandFaces = "😀".repeat(1_000);

    assertThat(planner.plan(request().setPrompt(thousandFaces).build(), NOW).images()).isEqualTo(1);
    assertThatThrownBy(() -> planner.plan(request().setPrompt(thousandFaces + "x").build(), NOW))
        .hasMessageContaining("1001 characters");
  }

  @Test
  void plan_saysWhichModelsThereAreWhenTheOneAskedForIsNot() {
    for (String name : List.of("dall-e-9", "../goldens/pipe-unclip", "pipe-unclip/", "\0")) {
      assertThatThrownBy(() -> planner.plan(request().setModel(name).build(), NOW))
          .isInstanceOfSatisfying(
              RequestException.class,
              e -> assertThat(e.toError().getCode()).isEqualTo(ErrorCode.MODEL_NOT_FOUND))
          .hasMessageContaining("pipe-unclip");
    }
  }
}
