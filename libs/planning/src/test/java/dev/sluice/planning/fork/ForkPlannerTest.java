package dev.sluice.planning.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Origin;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.planning.RoutePlanner;
import dev.sluice.planning.feature.Keeping;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.recipe.RecipeWriter;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.route.RouteSteps;
import dev.sluice.planning.sampling.SettingsOverlay;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that go on from what the prior of an earlier one left. */
class ForkPlannerTest {

  private static final Timestamp NOW = Timestamp.newBuilder().setSeconds(1_700_000_000).build();
  private static final ByteString STATE = ByteString.copyFromUtf8("after the prior");
  private static final Map<String, Tensor> INPUTS =
      Map.of("image_embeds", TensorMessages.of(new float[] {1, 2, 3}, 1, 3));

  private RoutePlanner planner;
  private GenerationPlan original;

  @BeforeEach
  void keepWhatThePriorMade() {
    Map<List<Object>, Task> kept = new HashMap<>();
    planner =
        new RoutePlanner(
            new ModelCatalog(Path.of(System.getProperty("sluice.goldens"))),
            "pipe-unclip",
            new RecipeWriter(new ModelDigests(), "0"),
            (tenant, from) -> Optional.ofNullable(kept.get(List.of(tenant, from))));
    GenerationRequest request =
        GenerationRequest.newBuilder()
            .setRequestId("first")
            .setPrompt("a red circle")
            .setSeed(7)
            .setN(2)
            .setTenant("us")
            .setDenoiser(SamplingSettings.newBuilder().setSteps(9))
            .addKeep(Stage.PRIOR)
            .build();
    original = planner.plan(request, NOW);
    kept.put(
        List.of("us", fork().getFrom()),
        Task.newBuilder()
            .setHeader(original.headerOf(1).toBuilder().setGeneratorState(STATE))
            .putAllInputs(INPUTS)
            .setStep(original.routeOf(1).get(2))
            .addAllRoute(original.routeOf(1).subList(3, 4))
            .build());
  }

  private static GenerationRequest.Builder fork() {
    return GenerationRequest.newBuilder()
        .setRequestId("second")
        .setTenant("us")
        .setFrom(Origin.newBuilder().setRequestId("first").setImageIndex(1).setStage(Stage.PRIOR));
  }

  @Test
  void aRequestThatKeepsNothingMarksNothing() {
    GenerationPlan plan =
        planner.plan(GenerationRequest.newBuilder().setPrompt("a red circle").build(), NOW);

    assertThat(plan.route()).extracting(RouteStep::getKeepAs).containsOnly(Stage.STAGE_UNSPECIFIED);
  }

  @Test
  void whatIsToBeKeptIsMarkedWhereTheNextStageBegins() {
    assertThat(original.route())
        .extracting(RouteStep::getKeepAs)
        .containsExactly(
            Stage.STAGE_UNSPECIFIED, Stage.STAGE_UNSPECIFIED, Stage.PRIOR, Stage.STAGE_UNSPECIFIED);
  }

  @Test
  void withoutASeedAForkIsTheRestOfItsOrigin() {
    GenerationPlan plan = planner.plan(fork().build(), NOW);

    assertThat(plan.route()).isEqualTo(Keeping.mark(original.routeOf(1), List.of()).subList(2, 4));
    assertThat(plan.inputs()).isEqualTo(INPUTS);
    assertThat(plan.headerOf(0).getRequestId()).isEqualTo("second");
    assertThat(plan.headerOf(0).getModel()).isEqualTo("pipe-unclip");
    assertThat(plan.headerOf(0).getSeed()).isEqualTo(8);
    assertThat(plan.headerOf(0).getGeneratorState()).isEqualTo(STATE);
    assertThat(plan.headerOf(0).getTimingsCount()).isZero();
  }

  @Test
  void withASeedRandomNumbersStartAnewForEachPicture() {
    GenerationPlan plan = planner.plan(fork().setSeed(40).setN(3).build(), NOW);

    assertThat(plan.headerOf(2).getSeed()).isEqualTo(42);
    assertThat(plan.headerOf(2).getGeneratorState()).isEmpty();
    assertThat(RecipeWriter.read(plan.headerOf(2).getRecipe()).getRequest().getSeed())
        .isEqualTo(42);
  }

  @Test
  void settingsTakeThePlaceOfTheOrigins() {
    GenerationPlan plan =
        planner.plan(
            fork()
                .setDenoiser(SamplingSettings.newBuilder().setGuidanceScale(2.5))
                .addUpscaler(SamplingSettings.newBuilder().setSteps(3))
                .addKeep(Stage.DENOISER)
                .build(),
            NOW);

    assertThat(plan.route().get(0).getDenoiser().getSampling().getSteps()).isEqualTo(9);
    assertThat(plan.route().get(0).getDenoiser().getSampling().getGuidanceScale()).isEqualTo(2.5);
    assertThat(plan.route().get(1).getUpscaler().getCascade(0).getSteps()).isEqualTo(3);
    assertThat(plan.route())
        .extracting(RouteStep::getKeepAs)
        .containsExactly(Stage.STAGE_UNSPECIFIED, Stage.DENOISER);
  }

  private static RouteStep denoising(int steps, double start) {
    DenoiserParameters.Builder parameters =
        DenoiserParameters.newBuilder().setSampling(SettingsOverlay.own(steps, 5));
    if (start > 0) {
      parameters.setStart(start);
    }
    return RouteSteps.denoiser(parameters);
  }

  @Test
  void stepsOfAScheduleThatARefinerSharesAreTheRefinersToo() {
    GenerationRequest request =
        fork().setDenoiser(SamplingSettings.newBuilder().setSteps(30)).build();
    GenerationRequest apart =
        request.toBuilder().setRefiner(SamplingSettings.newBuilder().setSteps(12)).build();

    assertThat(steps(request, denoising(20, 0), denoising(20, 0.8))).containsExactly(30, 30);
    assertThat(steps(apart, denoising(20, 0), denoising(20, 0.8))).containsExactly(30, 12);
    assertThat(steps(request, denoising(20, 0), denoising(50, 0.8))).containsExactly(30, 50);
    assertThat(steps(request, denoising(20, 0))).containsExactly(30);
  }

  private static List<Integer> steps(GenerationRequest request, RouteStep... route) {
    return ForkSettings.apply(request, List.of(route)).stream()
        .map(step -> step.getDenoiser().getSampling().getSteps())
        .toList();
  }

  @Test
  void anAutoregressivePriorThatIsStillToComeTakesNoSteps() {
    List<RouteStep> route =
        List.of(
            RouteSteps.prior(
                PriorParameters.newBuilder()
                    .setAutoregressive(true)
                    .setSampling(SettingsOverlay.own(0, 1))));
    GenerationRequest request = fork().setPrior(SamplingSettings.newBuilder().setSteps(3)).build();

    assertThatThrownBy(() -> ForkSettings.apply(request, route))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> assertThat(e.toError().getField()).isEqualTo("prior.steps"));
  }

  @Test
  void theRecipeOfAForkMakesItAgainAndHoldsThatOfItsOrigin() {
    GenerationPlan plan =
        planner.plan(fork().setDenoiser(SamplingSettings.newBuilder().setSteps(4)).build(), NOW);

    Recipe recipe = RecipeWriter.read(plan.headerOf(0).getRecipe());

    assertThat(recipe.getOrigin()).isEqualTo(RecipeWriter.read(original.headerOf(1).getRecipe()));
    assertThat(recipe.getRequest().hasSeed()).isFalse();
    assertThat(recipe.getComponentsMap()).containsKey("decoder");
    GenerationPlan again =
        planner.plan(recipe.getRequest().toBuilder().setTenant("us").build(), NOW);
    assertThat(again.route()).isEqualTo(plan.route());
    assertThat(again.inputs()).isEqualTo(plan.inputs());
    assertThat(again.headerOf(0).getGeneratorState()).isEqualTo(STATE);
    assertThat(again.headerOf(0).getRecipe()).isEqualTo(plan.headerOf(0).getRecipe());
  }

  @Test
  void whatCannotBeGoneOnWithIsRefusedByTheNameOfItsField() {
    SamplingSettings.Builder settings = SamplingSettings.newBuilder().setSteps(3);
    refused("from", fork().setFrom(Origin.newBuilder().setStage(Stage.PRIOR)));
    refused("from", fork().setFrom(fork().getFrom().toBuilder().setImageIndex(0)));
    refused("from", fork().setFrom(fork().getFrom().toBuilder().setImageIndex(-1)));
    refused("from", fork().setFrom(fork().getFrom().toBuilder().setStage(Stage.DENOISER)));
    refused("from", fork().setFrom(fork().getFrom().toBuilder().setStage(Stage.UPSCALER)));
    refused("from", fork().setFrom(fork().getFrom().toBuilder().setStageValue(77)));
    refused("from", fork().setFrom(fork().getFrom().toBuilder().setRequestId("../first")));
    refused("from", fork().setTenant("them"));
    refused("model", fork().setModel("pipe-sd"));
    refused("prompt", fork().setPrompt("a blue square"));
    refused("n", fork().setN(2));
    refused("prior", fork().setPrior(settings));
    refused("refiner", fork().setRefiner(settings));
    refused("upscaler", fork().addUpscaler(settings).addUpscaler(settings));
    refused("denoiser.steps", fork().setDenoiser(SamplingSettings.newBuilder().setSteps(0)));
    refused("denoiser.sampler", fork().setDenoiser(sampler("FlowMatchEulerDiscreteScheduler")));
    refused(
        "upscaler[0].noise_level",
        fork().addUpscaler(SamplingSettings.newBuilder().setNoiseLevel(1)));
    refused("keep", fork().addKeep(Stage.PRIOR));
    refused("keep", fork().addKeep(Stage.UPSCALER));
    refused("keep", fork().addKeepValue(77));
  }

  private static SamplingSettings.Builder sampler(String name) {
    return SamplingSettings.newBuilder().setSampler(name);
  }

  @Test
  void whatDoesNothingIsTold() {
    assertThat(
            planner
                .plan(fork().setDenoiser(sampler("DDPMScheduler").setEta(0.5)).build(), NOW)
                .accepted()
                .getWarningsList())
        .singleElement()
        .asString()
        .startsWith("denoiser.eta has no effect with DDPMScheduler");
  }

  private void refused(String field, GenerationRequest.Builder request) {
    assertThatThrownBy(() -> planner.plan(request.build(), NOW))
        .as(request.toString())
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> {
              assertThat(e.toError().getCode()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
              assertThat(e.toError().getField()).isEqualTo(field);
            });
  }
}
