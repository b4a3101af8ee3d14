package dev.sluice.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.JsonFormat;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.sampling.SettingsOverlay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a picture is sampled: what the request says, what the model says, what cannot be. */
class SamplingPlanTest extends PlanningTest {

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
}
