package dev.sluice.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.Change;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.recipe.RecipeWriter;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.sampling.SettingsOverlay;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans against the tiny pipelines of the reference data. */
class RoutePlannerTest {

  private static final Timestamp NOW = Timestamp.newBuilder().setSeconds(1_700_000_000).build();
  private static final Path PIPELINES = Path.of(System.getProperty("sluice.goldens"));

  private static final String VARIES = "pipe-unclip-image-variation";
  private static final String KANDINSKY = "pipe-kandinsky22-decoder";

  private final RoutePlanner planner = planner(PIPELINES, "pipe-unclip");

  private static RoutePlanner planner(Path models, String defaultModel) {
    return new RoutePlanner(
        new ModelCatalog(models),
        defaultModel,
        new RecipeWriter(new ModelDigests(), "0"),
        (tenant, from) -> Optional.empty());
  }

  private static GenerationRequest.Builder request() {
    return GenerationRequest.newBuilder().setPrompt("a red circle");
  }

  @Test
  void plan_sendsAnUnclipRequestThroughAllFourStages() {
    GenerationPlan plan =
        planner.plan(
            request()
                .setNegativePrompt("blue")
                .setPrior(SamplingSettings.newBuilder().setSteps(5))
                .setDenoiser(
                    SamplingSettings.newBuilder().setGuidanceScale(3).setSampler("DDIMScheduler"))
                .build(),
            NOW);

    List<RouteStep> route = plan.route();
    assertThat(route)
        .extracting(RouteStep::getStage)
        .containsExactly(Stage.TEXT_ENCODER, Stage.PRIOR, Stage.DENOISER, Stage.UPSCALER);
    assertThat(route)
        .extracting(RouteStep::getTopic)
        .containsExactly(
            "sluice.text-encoder", "sluice.prior", "sluice.denoiser", "sluice.upscaler");
    assertThat(route.get(0).getTextEncoder().getPrompt()).isEqualTo("a red circle");
    assertThat(route.get(0).getTextEncoder().getNegativePrompt()).isEqualTo("blue");
    assertThat(route.get(1).getPrior().getSampling().getSteps()).isEqualTo(5);
    assertThat(route.get(1).getPrior().getSampling().getGuidanceScale()).isEqualTo(4.0);
    assertThat(route.get(2).getDenoiser().getSampling().getSteps()).isEqualTo(25);
    assertThat(route.get(2).getDenoiser().getSampling().getGuidanceScale()).isEqualTo(3.0);
    assertThat(route.get(2).getDenoiser().getSampling().getSampler()).isEqualTo("DDIMScheduler");
    assertThat(route.get(3).getUpscaler().getCascadeCount()).isEqualTo(1);
  }

  @Test
  void plan_enlargesTwiceWhereTheSecondNetworkMakesLargerPictures(@TempDir Path models)
      throws IOException {
    Path model = copy("pipe-unclip", models.resolve("shapes"));
    setSampleSize(model.resolve("super_res_last"), 64);

    GenerationPlan plan =
        planner(models, "shapes")
            .plan(
                request()
                    .setWidth(64)
                    .setHeight(64)
                    .addUpscaler(SamplingSettings.newBuilder().setSteps(3))
                    .build(),
                NOW);

    assertThat(plan.route().get(3).getUpscaler().getCascadeList())
        .satisfiesExactly(
            first -> assertThat(first.getSteps()).isEqualTo(3),
            last -> assertThat(last.getSteps()).isEqualTo(7));
  }

  private static Path copy(String pipeline, Path model) throws IOException {
    Path original = PIPELINES.resolve(pipeline);
    try (Stream<Path> files = Files.walk(original)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = model.resolve(original.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return model;
  }

  private static void setSampleSize(Path component, int size) throws IOException {
    Path config = component.resolve("config.json");
    String changed =
        Files.readString(config).replaceAll("\"sample_size\": \\d+", "\"sample_size\": " + size);
    Files.writeString(config, changed);
  }

  @Test
  void plan_takesASamplerInPlaceOfOneThatIsNotKnown(@TempDir Path models) throws IOException {
    Path model = copy("pipe-sd", models.resolve("novel"));
    for (String name : List.of("model_index.json", "scheduler/scheduler_config.json")) {
      Path file = model.resolve(name);
      Files.writeString(file, Files.readString(file).replace("PNDMSch", "NovelSch"));
    }
    RoutePlanner planner = planner(models, "novel");
    SamplingSettings euler =
        SamplingSettings.newBuilder().setSampler("EulerDiscreteScheduler").build();

    assertThatThrownBy(() -> planner.plan(request().build(), NOW))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> assertThat(e.toError().getField()).isEqualTo("denoiser.sampler"))
        .hasMessageContaining("unknown sampler NovelScheduler");
    assertThat(planner.plan(request().setDenoiser(euler).build(), NOW).route()).hasSize(3);
  }

  @Test
  void plan_refusesMoreStepsThanTheScheduleGivesAndNamesTheMost() {
    SamplingSettings all = SamplingSettings.newBuilder().setSteps(1000).build();
    GenerationRequest asked = request().setModel("pipe-sd").setDenoiser(all).build();

    assertThatThrownBy(() -> planner.plan(asked, NOW))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> assertThat(e.toError().getField()).isEqualTo("denoiser.steps"))
        .hasMessageContaining("the most steps that work are 999");
  }

  @Test
  void plan_refusesASamplerOfOtherNetworks() {
    SamplingSettings ddim = SamplingSettings.newBuilder().setSampler("DDIMScheduler").build();
    GenerationRequest asked = request().setModel("pipe-sd3").setDenoiser(ddim).build();

    assertThatThrownBy(() -> planner.plan(asked, NOW))
        .isInstanceOf(RequestException.class)
        .hasMessageContaining("DDIMScheduler does not sample a model of rectified flow");
  }

  @Test
  void plan_givesEachPictureItsOwnIdAndSeed() {
    GenerationPlan plan =
        planner.plan(request().setRequestId("r-1").setN(3).setSeed(7).build(), NOW);

    assertThat(plan.images()).isEqualTo(3);
    assertThat(plan.headerOf(2).getRequestId()).isEqualTo("r-1");
    assertThat(plan.headerOf(2).getImageIndex()).isEqualTo(2);
    assertThat(plan.headerOf(2).getSeed()).isEqualTo(9);
    assertThat(plan.headerOf(2).getCreatedAt()).isEqualTo(NOW);
    assertThat(plan.headerOf(0).hasDeadline()).isFalse();
    assertThat(plan.accepted().getStagesCount()).isEqualTo(4);
  }

  @Test
  void plan_makesOnePictureWithAnIdAndASeedWhenTheRequestSaysNothing() {
    GenerationPlan one = planner.plan(request().build(), NOW);
    GenerationPlan other = planner.plan(request().build(), NOW);

    assertThat(one.images()).isEqualTo(1);
    assertThat(one.header().getRequestId())
        .isNotEmpty()
        .isNotEqualTo(other.header().getRequestId());
    assertThat(one.header().getSeed()).isNotEqualTo(other.header().getSeed());
    assertThat(one.header().getModel()).isEqualTo("pipe-unclip");
  }

  @Property(tries = 50)
  void plan_ofTheSameRequestIsTheSamePlan(@ForAll int number) {
    GenerationRequest request = request().setRequestId("r" + Math.abs((long) number)).build();

    GenerationPlan plan = planner.plan(request, NOW);

    assertThat(planner.plan(request, NOW)).isEqualTo(plan);
    assertThat(plan.header().getSeed()).isBetween(0L, (1L << 32) - 1);
  }

  @Test
  void plan_turnsATimeoutIntoADeadline() {
    GenerationPlan plan =
        planner.plan(request().setTimeout(Durations.fromSeconds(30)).build(), NOW);

    assertThat(plan.header().getDeadline().getSeconds()).isEqualTo(NOW.getSeconds() + 30);
  }

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
        bad("mask", request().setImage(picture(8, 8)).setMask(picture(8, 8))),
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

  private static List<String> steps(GenerationPlan plan, int picture) {
    return plan.routeOf(picture).stream()
        .map(
            step ->
                switch (step.getParametersCase()) {
                  case TEXT_ENCODER ->
                      "text '%s' not '%s'"
                          .formatted(
                              step.getTextEncoder().getPrompt(),
                              step.getTextEncoder().getNegativePrompt());
                  case PRIOR ->
                      (step.getPrior().getFromChange()
                              ? "change"
                              : step.getPrior().getFromImage()
                                  ? "embed" + step.getPrior().getImage()
                                  : "sample")
                          + (step.getPrior().hasBlend() ? " " + step.getPrior().getBlend() : "");
                  case DENOISER ->
                      (step.getDenoiser().getInvert()
                              ? "invert"
                                  + step.getDenoiser().getImage()
                                  + step.getDenoiser().getNoise()
                              : "denoise")
                          + (step.getDenoiser().hasNoiseBlend()
                              ? " " + step.getDenoiser().getNoiseBlend()
                              : "");
                  default -> "upscale";
                })
        .toList();
  }

  @Test
  void plan_invertsThePictureWhoseStructureAVariationKeeps() {
    GenerationPlan plan =
        planner.plan(
            request()
                .setModel(VARIES)
                .setPrompt("a hat")
                .setImage(picture(8, 8))
                .setKeepStructure(true)
                .build(),
            NOW);

    assertThat(steps(plan, 0))
        .containsExactly("text 'a hat' not ''", "embed", "invert", "denoise", "upscale");
    SamplingSettings finding = plan.route().get(2).getDenoiser().getSampling();
    SamplingSettings making = plan.route().get(3).getDenoiser().getSampling();
    assertThat(finding.getGuidanceScale()).isEqualTo(1);
    assertThat(finding.getSteps()).isEqualTo(making.getSteps());
    assertThat(finding.getTimestepSpacing()).isEqualTo(making.getTimestepSpacing());
    assertThat(making.getSampler()).isEqualTo("DDIMScheduler");
    assertThat(making.getGuidanceScale()).isEqualTo(1);
  }

  @Test
  void plan_interpolatesBetweenInvertedPictures() {
    GenerationPlan plan =
        planner.plan(
            request()
                .setModel(VARIES)
                .clearPrompt()
                .setImage(picture(8, 8))
                .setInterpolation(Interpolation.newBuilder().setImage(picture(8, 8)))
                .setKeepStructure(true)
                .setN(3)
                .build(),
            NOW);

    assertThat(steps(plan, 1))
        .containsExactly(
            "text '' not ''",
            "embedinterpolation_image",
            "invertinterpolation_imageend_noise",
            "embed",
            "invert",
            "embedinterpolation_image 0.5",
            "text '' not ''",
            "denoise 0.5",
            "upscale");
  }

  @Test
  void plan_walksHalfWayAlongAChangeOfWords() {
    Change change = Change.newBuilder().setFrom("a cat").setTo("a lion").build();
    GenerationPlan plan =
        planner.plan(
            request()
                .setModel(VARIES)
                .clearPrompt()
                .setImage(picture(8, 8))
                .setInterpolation(Interpolation.newBuilder().setChange(change))
                .setN(3)
                .build(),
            NOW);

    assertThat(steps(plan, 2))
        .containsExactly(
            "text '' not ''",
            "embed",
            "invert",
            "text 'a lion' not 'a cat'",
            "change 0.5",
            "text '' not ''",
            "denoise",
            "upscale");
    assertThat(plan.positions()).containsExactly(0.0, 0.25, 0.5);
    GenerationRequest again =
        RecipeWriter.read(plan.headerOf(2).getRecipe()).getRequest().toBuilder()
            .setImage(picture(8, 8))
            .build();
    assertThat(planner.plan(again, NOW).routeOf(0)).isEqualTo(plan.routeOf(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe-unclip", "pipe-sd", "pipe-sd3"})
  void plan_interpolatesTheNoiseOfAnyModel(String model) {
    GenerationPlan plan =
        planner.plan(
            request()
                .setModel(model)
                .setInterpolation(Interpolation.newBuilder().setSeed(9))
                .setN(5)
                .build(),
            NOW);

    RouteStep denoiser =
        plan.routeOf(1).stream().filter(RouteStep::hasDenoiser).findFirst().orElseThrow();
    assertThat(denoiser.getDenoiser().getNoiseBlend()).isEqualTo(0.25);
    assertThat(denoiser.getDenoiser().getEndNoiseSeed()).isEqualTo(9);
    assertThat(plan.headerOf(4).getSeed()).isEqualTo(plan.headerOf(0).getSeed());
  }

  @Test
  void plan_tellsTheStagesWhoAsksAndTheRecipeNot() throws IOException {
    GenerationPlan plan = planner.plan(request().setTenant("marketing").build(), NOW);

    assertThat(plan.header().getTenant()).isEqualTo("marketing");
    assertThat(plan.headerOf(0).getRecipe()).doesNotContain("marketing");
  }

  @Test
  void plan_sendsKandinskysRequestsThroughTwoModels() throws IOException {
    GenerationPlan plan =
        planner.plan(request().setNegativePrompt("blur").setModel(KANDINSKY).build(), NOW);

    assertThat(plan.route())
        .extracting(RouteStep::getStage, RouteStep::getModel)
        .containsExactly(
            tuple(Stage.TEXT_ENCODER, "pipe-kandinsky22-prior"),
            tuple(Stage.PRIOR, "pipe-kandinsky22-prior"),
            tuple(Stage.DENOISER, KANDINSKY),
            tuple(Stage.UPSCALER, KANDINSKY));
    assertThat(plan.route().get(1).getPrior().getWithNegative()).isTrue();
    Recipe.Builder recipe = Recipe.newBuilder();
    JsonFormat.parser().merge(plan.headerOf(0).getRecipe(), recipe);
    assertThat(recipe.getRequest().getPriorModel()).isEqualTo("pipe-kandinsky22-prior");
    assertThat(recipe.getComponentsMap()).containsKeys("unet", "prior/prior");
    assertThat(plan.header().getModelStampsMap())
        .as("the stages notice if the files are others by then")
        .containsOnlyKeys(KANDINSKY, "pipe-kandinsky22-prior");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe-unclip", KANDINSKY})
  void plan_asksThePriorForCandidates(String model) throws IOException {
    GenerationPlan plan =
        planner.plan(request().setModel(model).setPriorCandidates(3).build(), NOW);

    assertThat(plan.route().get(1).getPrior().getCandidates()).isEqualTo(3);
    Recipe.Builder recipe = Recipe.newBuilder();
    JsonFormat.parser().merge(plan.headerOf(0).getRecipe(), recipe);
    assertThat(planner.plan(recipe.getRequest(), NOW).route().get(1))
        .isEqualTo(plan.route().get(1));
  }

  /** The tiny unCLIP with a prior beside it that diffusers does not know. */
  private static RoutePlanner plannerWithCodes(Path models) throws IOException {
    Path component =
        Files.createDirectory(
            copy("pipe-unclip", models.resolve("coded")).resolve("autoregressive_prior"));
    Files.writeString(
        component.resolve("config.json"), "{\"_class_name\": \"AutoregressivePrior\"}");
    Files.copy(
        PIPELINES.resolve("pipe-unclip/prior/diffusion_pytorch_model.safetensors"),
        component.resolve("diffusion_pytorch_model.safetensors"));
    return planner(models, "coded");
  }

  @Test
  void plan_asksTheAutoregressivePriorWhereARequestDoes(@TempDir Path models) throws IOException {
    RoutePlanner coded = plannerWithCodes(models);
    GenerationRequest.Builder request =
        request()
            .setAutoregressivePrior(true)
            .setPriorCandidates(2)
            .setPrior(SamplingSettings.newBuilder().setGuidanceScale(2.5));

    GenerationPlan plan = coded.plan(request.build(), NOW);

    PriorParameters prior = plan.route().get(1).getPrior();
    assertThat(prior.getAutoregressive()).isTrue();
    assertThat(prior.getCandidates()).isEqualTo(2);
    assertThat(prior.getSampling())
        .isEqualTo(SamplingSettings.newBuilder().setGuidanceScale(2.5).build());
    Recipe.Builder recipe = Recipe.newBuilder();
    JsonFormat.parser().merge(plan.headerOf(0).getRecipe(), recipe);
    assertThat(recipe.getComponentsMap()).containsKey("autoregressive_prior");
    assertThat(coded.plan(recipe.getRequest(), NOW).route()).isEqualTo(plan.route());
    assertThat(coded.plan(request().build(), NOW).route().get(1).getPrior().getAutoregressive())
        .isFalse();
  }

  @Test
  void plan_refusesWhatAnAutoregressivePriorCannotDo(@TempDir Path models) throws IOException {
    RoutePlanner coded = plannerWithCodes(models);
    GenerationRequest.Builder request = request().setAutoregressivePrior(true);

    assertThatThrownBy(
            () ->
                coded.plan(
                    request.clone().setPrior(SamplingSettings.newBuilder().setSteps(5)).build(),
                    NOW))
        .hasMessage(
            "An autoregressive prior makes one step for each of its codes and is set by its"
                + " guidance_scale only; leave steps out.");
    assertThatThrownBy(() -> planner.plan(request.build(), NOW))
        .hasMessageContaining("Model pipe-unclip samples no picture embedding for this by an");
  }

  @Test
  void plan_takesTheEmbeddingOfThePictureThatIsToBeVaried() {
    GenerationRequest.Builder variation =
        GenerationRequest.newBuilder().setImage(picture(8, 8)).setVariation(true);

    GenerationPlan kandinskys = planner.plan(variation.setModel(KANDINSKY).build(), NOW);
    GenerationPlan unclips =
        planner.plan(variation.setModel("pipe-unclip-image-variation").build(), NOW);

    assertThat(kandinskys.route())
        .extracting(RouteStep::getStage)
        .containsExactly(Stage.PRIOR, Stage.DENOISER, Stage.UPSCALER);
    assertThat(kandinskys.route().get(0).getPrior().getFromImage()).isTrue();
    assertThat(kandinskys.inputs()).containsOnlyKeys("image");
    assertThat(unclips.route())
        .extracting(RouteStep::getStage)
        .containsExactly(Stage.TEXT_ENCODER, Stage.PRIOR, Stage.DENOISER, Stage.UPSCALER);
    assertThat(unclips.route().get(1).getPrior().getFromImage()).isTrue();
  }

  @Test
  void plan_goesFromTextToTextInEqualStepsWithOneSeed() {
    GenerationPlan plan =
        planner.plan(
            request().setN(5).setSeed(7).setInterpolation(to("a blue square")).build(), NOW);

    assertThat(plan.route())
        .extracting(RouteStep::getStage)
        .containsExactly(
            Stage.TEXT_ENCODER,
            Stage.PRIOR,
            Stage.TEXT_ENCODER,
            Stage.PRIOR,
            Stage.TEXT_ENCODER,
            Stage.DENOISER,
            Stage.UPSCALER);
    assertThat(plan.route().get(0).getTextEncoder().getPrompt()).isEqualTo("a red circle");
    assertThat(plan.route().get(1).getPrior().hasBlend()).isFalse();
    assertThat(plan.route().get(2).getTextEncoder().getPrompt()).isEqualTo("a blue square");
    assertThat(plan.route().get(4).getTextEncoder().getPrompt()).isEmpty();
    assertThat(IntStream.range(0, 5).mapToObj(plan::routeOf))
        .extracting(route -> route.get(3).getPrior().getBlend())
        .containsExactly(0.0, 0.25, 0.5, 0.75, 1.0);
    assertThat(IntStream.range(0, 5).mapToObj(plan::headerOf))
        .allSatisfy(header -> assertThat(header.getSeed()).isEqualTo(7));
  }

  @Test
  void plan_goesFromPictureToTextWithKandinskysPrior() {
    GenerationPlan plan =
        planner.plan(
            GenerationRequest.newBuilder()
                .setModel(KANDINSKY)
                .setImage(picture(8, 8))
                .setN(2)
                .setInterpolation(to("a ship"))
                .build(),
            NOW);

    String prior = "pipe-kandinsky22-prior";
    assertThat(plan.route())
        .extracting(RouteStep::getStage, RouteStep::getModel)
        .containsExactly(
            tuple(Stage.PRIOR, prior),
            tuple(Stage.TEXT_ENCODER, prior),
            tuple(Stage.PRIOR, prior),
            tuple(Stage.DENOISER, KANDINSKY),
            tuple(Stage.UPSCALER, KANDINSKY));
    assertThat(plan.route().get(0).getPrior().getFromImage()).isTrue();
    assertThat(plan.route().get(2).getPrior().getFromImage()).isFalse();
    assertThat(plan.route().get(2).getPrior().hasBlend()).isTrue();
  }

  @Test
  void plan_writesAPicturesPlaceBetweenTwoOthersIntoItsRecipe() throws Exception {
    GenerationRequest request =
        GenerationRequest.newBuilder()
            .setModel("pipe-unclip-image-variation")
            .setImage(picture(8, 8))
            .setN(3)
            .setSeed(7)
            .setInterpolation(to(picture(4, 4)))
            .build();
    GenerationPlan plan = planner.plan(request, NOW);
    assertThat(plan.inputs()).containsOnlyKeys("image", "interpolation_image");

    Recipe.Builder recipe = Recipe.newBuilder();
    JsonFormat.parser().merge(plan.headerOf(1).getRecipe(), recipe);

    assertThat(recipe.getInterpolationImage()).matches("[0-9a-f]{64}");
    GenerationRequest.Builder again = recipe.getRequest().toBuilder();
    assertThat(again.getInterpolation().hasImage()).isFalse();
    assertThat(again.getInterpolation().getPosition()).isEqualTo(0.5);
    again.setImage(request.getImage());
    again.getInterpolationBuilder().setImage(request.getInterpolation().getImage());
    GenerationPlan replayed = planner.plan(again.build(), NOW);
    assertThat(replayed.images()).isEqualTo(1);
    assertThat(replayed.routeOf(0)).isEqualTo(plan.routeOf(1));
    assertThat(replayed.headerOf(0).getSeed()).isEqualTo(plan.headerOf(1).getSeed());
    assertThat(replayed.headerOf(0).getRecipe()).isEqualTo(plan.headerOf(1).getRecipe());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe-unclip", "pipe-unclip-image-variation"})
  void plan_enlargesAPictureByTheLastStageAlone(String model) throws Exception {
    GenerationRequest request =
        enlargement(16)
            .setModel(model)
            .setSeed(7)
            .addUpscaler(SamplingSettings.newBuilder().setSteps(3))
            .build();

    GenerationPlan plan = planner.plan(request, NOW);

    assertThat(plan.route()).extracting(RouteStep::getStage).containsExactly(Stage.UPSCALER);
    assertThat(plan.route().get(0).getUpscaler().getCascade(0).getSteps()).isEqualTo(3);
    assertThat(plan.inputs()).containsOnlyKeys("sample");
    assertThat(TensorMessages.shape("sample", plan.inputs().get("sample")))
        .containsExactly(1, 3, 16, 16);
    Recipe.Builder recipe = Recipe.newBuilder();
    JsonFormat.parser().merge(plan.headerOf(0).getRecipe(), recipe);
    assertThat(recipe.getImage()).matches("[0-9a-f]{64}");
    GenerationRequest again =
        recipe.getRequest().toBuilder().setImage(request.getImage()).setRequestId("again").build();
    assertThat(planner.plan(again, NOW).route()).isEqualTo(plan.route());
    assertThat(planner.plan(again, NOW).inputs()).isEqualTo(plan.inputs());
    assertThat(planner.plan(again, NOW).headerOf(0).getRecipe())
        .isEqualTo(plan.headerOf(0).getRecipe());
  }

  private static GenerationRequest.Builder enlargement(int side) {
    return GenerationRequest.newBuilder().setUpscale(true).setImage(picture(side, side));
  }

  private static Interpolation.Builder to(String prompt) {
    return Interpolation.newBuilder().setPrompt(prompt);
  }

  private static Interpolation.Builder to(ByteString image) {
    return Interpolation.newBuilder().setImage(image);
  }

  /** The left half is dark, the right half light. */
  private static ByteString picture(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height; y++) {
        image.setRGB(x, y, x < width / 2 ? 0x7f7f7f : 0x808080);
      }
    }
    ByteString.Output png = ByteString.newOutput();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return png.toByteString();
  }

  private static GenerationRequest.Builder refined() {
    return request().setModel("pipe-sdxl").setRefinerModel("pipe-sdxl-refiner");
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

  private static Arguments bad(String field, GenerationRequest.Builder request) {
    return Arguments.of(field, request.build());
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

  @Test
  void models_listsWhatCanBeServedWithItsSizeAndStages() {
    assertThat(planner.models().getModelsList())
        .extracting(
            model ->
                "%s %dx%d %d stages"
                    .formatted(
                        model.getName(),
                        model.getWidth(),
                        model.getHeight(),
                        model.getStagesCount()))
        .containsExactly(
            "pipe-ddpm 16x16 2 stages",
            "pipe-dit 16x16 2 stages",
            "pipe-if 16x16 3 stages",
            "pipe-if-superres 32x32 3 stages",
            "pipe-kandinsky22-decoder 16x16 4 stages",
            "pipe-sd 64x64 3 stages",
            "pipe-sd-x4-upscaler 32x32 3 stages",
            "pipe-sd3 32x32 3 stages",
            "pipe-sdxl 32x32 3 stages",
            "pipe-sdxl-refiner 32x32 3 stages",
            "pipe-unclip 32x32 4 stages",
            "pipe-unclip-image-variation 32x32 4 stages");
  }

  @Test
  void plan_writesARecipeThatAsksForEachPictureAgain() throws Exception {
    GenerationPlan plan =
        planner.plan(
            request()
                .setRequestId("r-1")
                .setN(2)
                .setSeed(7)
                .setPrior(SamplingSettings.newBuilder().setSteps(5))
                .build(),
            NOW);

    Recipe.Builder recipe = Recipe.newBuilder();
    JsonFormat.parser().merge(plan.headerOf(1).getRecipe(), recipe);

    GenerationRequest again = recipe.getRequest();
    assertThat(again.getSeed()).isEqualTo(8);
    assertThat(again.getModel()).isEqualTo("pipe-unclip");
    assertThat(again.getWidth()).isEqualTo(32);
    assertThat(again.getPrior().getSteps()).isEqualTo(5);
    assertThat(again.getDenoiser().getSteps()).as("the model's own").isEqualTo(25);
    assertThat(recipe.getComponentsMap())
        .containsKeys("prior", "decoder", "tokenizer", "decoder_scheduler")
        .allSatisfy((component, digest) -> assertThat(digest).matches("[0-9a-f]{64}"));
    GenerationPlan replayed = planner.plan(again.toBuilder().setRequestId("r-2").build(), NOW);
    assertThat(replayed.route()).isEqualTo(plan.route());
    assertThat(replayed.headerOf(0).getRecipe()).isEqualTo(plan.headerOf(1).getRecipe());
  }

  @Test
  void plan_samplesAsTheModelsOwnFileSays(@TempDir Path models) throws IOException {
    setSampleSize(copy("pipe-unclip", models.resolve("own")).resolve("super_res_last"), 64);
    Files.writeString(
        models.resolve("own/sampling_defaults.json"),
        "{\"prior\": {\"steps\": 9, \"guidance_scale\": 2}, \"upscaler\": {\"steps\": 3}}");
    RoutePlanner own = planner(models, "own");

    List<RouteStep> route =
        own.plan(request().setPrior(SamplingSettings.newBuilder().setSteps(5)).build(), NOW)
            .route();

    assertThat(route.get(1).getPrior().getSampling().getSteps()).as("the request's").isEqualTo(5);
    assertThat(route.get(1).getPrior().getSampling().getGuidanceScale()).isEqualTo(2);
    assertThat(route.get(2).getDenoiser().getSampling().getSteps()).as("unCLIP's").isEqualTo(25);
    assertThat(route.get(3).getUpscaler().getCascadeList())
        .allSatisfy(sampling -> assertThat(sampling.getSteps()).isEqualTo(3));
  }

  @Test
  void plan_carriesEverySettingToTheStageAndIntoTheRecipe() throws Exception {
    SamplingSettings settings =
        SamplingSettings.newBuilder()
            .setSteps(9)
            .setGuidanceScale(0)
            .setSampler("DDIMScheduler")
            .setEta(0.25)
            .setTimestepSpacing("trailing")
            .setGuidanceRescale(0.7)
            .setGuidanceStart(0.2)
            .setGuidanceEnd(0.8)
            .setDynamicThreshold(0.995)
            .setDynamicThresholdMax(1.5)
            .build();

    GenerationPlan plan =
        planner.plan(request().setSeed(7).setPrior(settings).setDenoiser(settings).build(), NOW);

    assertThat(plan.route().get(2).getDenoiser().getSampling().getTimestepSpacing())
        .isEqualTo("trailing");
    assertThat(plan.route().get(2).getDenoiser().getSampling().getGuidanceEnd()).isEqualTo(0.8);
    Recipe.Builder recipe = Recipe.newBuilder();
    JsonFormat.parser().merge(plan.headerOf(0).getRecipe(), recipe);
    assertThat(recipe.getRequest().getPrior()).isEqualTo(settings);
    assertThat(recipe.getRequest().getDenoiser()).isEqualTo(settings);
  }

  @Test
  void overlay_putsOneKindOfThresholdInThePlaceOfTheOther() {
    SamplingSettings dynamic =
        SamplingSettings.newBuilder().setDynamicThreshold(0.9).setDynamicThresholdMax(2).build();
    SamplingSettings fixed = SamplingSettings.newBuilder().setStaticThreshold(1).build();
    SamplingSettings own = SettingsOverlay.overlay(SettingsOverlay.own(5, 1), dynamic);

    SamplingSettings given = SettingsOverlay.overlay(own, fixed);

    assertThat(given.getStaticThreshold()).isEqualTo(1);
    assertThat(given.hasDynamicThreshold()).isFalse();
    assertThat(given.hasDynamicThresholdMax()).isFalse();
    assertThat(given.getSteps()).isEqualTo(5);
  }

  @Test
  void plan_saysWhatIsWrongWithAModelsOwnSampling(@TempDir Path models) throws IOException {
    setSampleSize(copy("pipe-unclip", models.resolve("own")).resolve("super_res_last"), 64);
    RoutePlanner own = planner(models, "own");
    for (String wrong : List.of("{\"steps\": 0}", "{\"stepz\": 5}", "5")) {
      Files.writeString(models.resolve("own/sampling_defaults.json"), "{\"prior\": " + wrong + "}");
      assertThatThrownBy(() -> own.plan(request().build(), NOW))
          .isInstanceOfSatisfying(
              RequestException.class,
              e -> assertThat(e.toError().getCode()).isEqualTo(ErrorCode.MODEL_UNUSABLE))
          .hasMessageContaining("Model own cannot be served: sampling_defaults.json: prior: ");
    }
  }

  @Test
  void plan_readsAMaskAsWhatIsPaintedWhereItIsLight() throws Exception {
    GenerationRequest request =
        request().setModel("pipe-sd").setImage(picture(16, 8)).setMask(picture(16, 8)).build();

    GenerationPlan plan = planner.plan(request, NOW);

    float[] mask = TensorMessages.floats("mask", plan.inputs().get("mask"));
    for (int i = 0; i < mask.length; i++) {
      assertThat(mask[i]).isEqualTo(i % 16 < 8 ? 0 : 1);
    }
    assertThat(TensorMessages.shape("mask", plan.inputs().get("mask")))
        .containsExactly(1, 1, 8, 16);
    assertThat(plan.route().get(1).getDenoiser().getStrength()).as("all is new").isEqualTo(1);
    GenerationRequest gentle = request.toBuilder().setStrength(0.4).build();
    assertThat(planner.plan(gentle, NOW).route().get(1).getDenoiser().getStrength()).isEqualTo(0.4);
    Recipe.Builder recipe = Recipe.newBuilder();
    JsonFormat.parser().merge(plan.headerOf(0).getRecipe(), recipe);
    assertThat(recipe.getMask()).matches("[0-9a-f]{64}");
    assertThat(recipe.getRequest().getMask()).isEmpty();
  }

  @Test
  void plan_handsThePictureFromTheFirstModelToTheRefiner() throws Exception {
    GenerationPlan plan =
        planner.plan(
            refined()
                .setSeed(7)
                .setWidth(32)
                .setHeight(32)
                .setDenoiser(SamplingSettings.newBuilder().setSteps(10))
                .setRefiner(SamplingSettings.newBuilder().setGuidanceScale(3))
                .build(),
            NOW);

    assertThat(plan.header().getModel()).isEqualTo("pipe-sdxl");
    assertThat(plan.route())
        .extracting(RouteStep::getStage, RouteStep::getModel)
        .containsExactly(
            tuple(Stage.TEXT_ENCODER, ""),
            tuple(Stage.DENOISER, ""),
            tuple(Stage.TEXT_ENCODER, "pipe-sdxl-refiner"),
            tuple(Stage.DENOISER, "pipe-sdxl-refiner"),
            tuple(Stage.UPSCALER, "pipe-sdxl-refiner"));
    DenoiserParameters first = plan.route().get(1).getDenoiser();
    DenoiserParameters second = plan.route().get(3).getDenoiser();
    assertThat(first.getEnd()).isEqualTo(0.8);
    assertThat(first.hasStart()).isFalse();
    assertThat(second.getStart()).isEqualTo(0.8);
    assertThat(second.hasEnd()).isFalse();
    assertThat(second.getSampling().getSteps()).as("the first model's").isEqualTo(10);
    assertThat(second.getSampling().getGuidanceScale()).isEqualTo(3);
    Recipe.Builder recipe = Recipe.newBuilder();
    JsonFormat.parser().merge(plan.headerOf(0).getRecipe(), recipe);
    assertThat(recipe.getComponentsMap()).containsKeys("unet", "refiner/unet");
    assertThat(recipe.getRequest().getDenoiser().getGuidanceScale()).isEqualTo(5);
    assertThat(recipe.getRequest().getRefiner().getGuidanceScale()).isEqualTo(3);
    assertThat(planner.plan(recipe.getRequest(), NOW).route()).isEqualTo(plan.route());
  }

  @Test
  void plan_letsAClassifierBesideTheModelKnowTheClasses(@TempDir Path models) throws IOException {
    Path model = copy("pipe-ddpm", models.resolve("judged"));
    Path classifier = Files.createDirectories(model.resolve("classifier"));
    Files.writeString(
        classifier.resolve("config.json"),
        "{\"_class_name\": \"NoisyClassifier\", \"num_classes\": 4}");
    Files.copy(
        model.resolve("unet/diffusion_pytorch_model.safetensors"),
        classifier.resolve("diffusion_pytorch_model.safetensors"));
    RoutePlanner judged = planner(models, "judged");
    GenerationRequest.Builder request =
        GenerationRequest.newBuilder()
            .setDenoiser(SamplingSettings.newBuilder().setClassifierScale(3));

    GenerationPlan plan = judged.plan(request.setClassLabel(3).build(), NOW);

    assertThat(plan.route().get(0).getDenoiser().getSampling().getClassifierScale()).isEqualTo(3);
    assertThat(plan.inputs()).containsKey("class_label");
    assertThatThrownBy(() -> judged.plan(request.setClassLabel(4).build(), NOW))
        .hasMessage("The class label is 4; model judged knows 0 to 3.");
    assertThatThrownBy(() -> judged.plan(request.clearClassLabel().build(), NOW))
        .hasMessageContaining("give one from 0 to 3");
    assertThatThrownBy(() -> judged.plan(request.clearDenoiser().setClassLabel(1).build(), NOW))
        .hasMessageContaining("knows no classes");
  }
}
