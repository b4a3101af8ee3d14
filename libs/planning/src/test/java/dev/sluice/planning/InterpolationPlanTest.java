package dev.sluice.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.v1.Change;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.recipe.RecipeWriter;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures between two others, of embeddings, of noise, along a change of words. */
class InterpolationPlanTest extends PlanningTest {

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
}
