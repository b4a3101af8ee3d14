package dev.sluice.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.planning.plan.GenerationPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which prior makes the embedding, of what, and of how many candidates. */
class PriorPlanTest extends PlanningTest {

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
}
