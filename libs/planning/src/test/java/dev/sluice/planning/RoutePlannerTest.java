package dev.sluice.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Model;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.request.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The stages of a picture, their parameters, and what each picture is called. */
class RoutePlannerTest extends PlanningTest {

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

  @Test
  void plan_tellsTheStagesWhoAsksAndTheRecipeNot() throws IOException {
    GenerationPlan plan = planner.plan(request().setTenant("marketing").build(), NOW);

    assertThat(plan.header().getTenant()).isEqualTo("marketing");
    assertThat(plan.headerOf(0).getRecipe()).doesNotContain("marketing");
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

  @Test
  void models_areListedWithWhatCanBeAskedOfThem() {
    Model model =
        planner.models().getModelsList().stream()
            .filter(listed -> listed.getName().equals("pipe-sd"))
            .findFirst()
            .orElseThrow();

    assertThat(model.getAbilitiesList())
        .containsExactly("text", "picture_start", "handover", "feature_reuse");
    assertThat(model.getUsual().getDenoiser().getSteps()).isEqualTo(50);
    assertThat(model.getUsual().getDenoiser().getGuidanceScale()).isEqualTo(7.5);
    assertThat(model.getSamplersList())
        .contains("DDIMScheduler")
        .doesNotContain("FlowMatchEulerDiscreteScheduler");
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

  @ParameterizedTest
  @CsvSource({
    // steps, strength, previews, how far apart
    "20, , 3, 5",
    "20, , 1, 10",
    "7, , 3, 2",
    "2, , 16, 1",
    "20, 0.5, 1, 5",
    "20, , 0, 0"
  })
  void plan_spreadsPreviewsOverTheSteps(int steps, Double strength, int previews, int apart) {
    GenerationRequest.Builder request =
        request()
            .setModel("pipe-sd")
            .setPreviews(previews)
            .setDenoiser(SamplingSettings.newBuilder().setSteps(steps));
    if (strength != null) {
      request.setStrength(strength).setImage(picture(64, 64));
    }

    assertThat(planner.plan(request.build(), NOW).header().getPreviewEverySteps()).isEqualTo(apart);
  }

  @Test
  void plan_refusesTwoWordsForPreviews() {
    assertThatThrownBy(
            () -> planner.plan(request().setPreviews(2).setPreviewEverySteps(3).build(), NOW))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.toError().getField()).isEqualTo("previews"));
    assertThatThrownBy(() -> planner.plan(request().setPreviews(17).build(), NOW))
        .hasMessageContaining("give 1 to 16");
  }

  @Test
  void plan_takesTheOnlyModelWhereTheUsualOneIsNotThere(@TempDir Path models) throws IOException {
    copy("pipe-sd", models.resolve("mine"));
    RoutePlanner planner = planner(models, "shapes-unclip");

    assertThat(planner.usualModel()).isEqualTo("mine");
    assertThat(planner.plan(request().build(), NOW).header().getModel()).isEqualTo("mine");

    copy("pipe-ddpm", models.resolve("another"));
    assertThatThrownBy(() -> planner.plan(request().build(), NOW))
        .hasMessageStartingWith("There is no model 'shapes-unclip'; there are: another, mine.");
  }
}
