package dev.sluice.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.catalog.lora.AdaptedName;
import dev.sluice.contract.ModelName;
import dev.sluice.contract.Pools;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.planning.recipe.RecipeWriter;
import dev.sluice.planning.request.RequestException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which pools a picture passes. */
class PoolPlanTest extends PlanningTest {

  private static RoutePlanner planner(String... pools) {
    return new RoutePlanner(
        new ModelCatalog(PIPELINES),
        "pipe-unclip",
        new RecipeWriter(new ModelDigests(), "0"),
        (tenant, from) -> Optional.empty(),
        Pools.of(List.of(pools)));
  }

  private static List<String> topics(RoutePlanner planner, GenerationRequest.Builder request) {
    return planner.plan(request.build(), NOW).routeOf(0).stream().map(RouteStep::getTopic).toList();
  }

  @Test
  void plan_goesToThePoolsOfTheModel() {
    RoutePlanner planner =
        planner("denoiser/large=pipe-sd3|pipe-sdxl", "denoiser/small=*", "upscaler/only=*");

    assertThat(topics(planner, request().setModel("pipe-sd3")))
        .containsExactly("sluice.text-encoder", "sluice.denoiser.large", "sluice.upscaler.only");
    assertThat(topics(planner, request()))
        .containsExactly(
            "sluice.text-encoder", "sluice.prior", "sluice.denoiser.small", "sluice.upscaler.only");
  }

  @Test
  void plan_goesToAnotherPoolWithAnotherModel() {
    RoutePlanner planner = planner("denoiser/first=pipe-sdxl", "denoiser/second=pipe-sdxl-refiner");

    assertThat(topics(planner, refined()))
        .containsSubsequence("sluice.denoiser.first", "sluice.denoiser.second");
  }

  /** Pools serve models with whatever is added to them. */
  @Test
  void ownName_isWhatTheCatalogOpens() {
    String name = "pipe-sd3+style:0.5+other";

    assertThat(ModelName.own(name))
        .isEqualTo(AdaptedName.parse(name).model())
        .isEqualTo("pipe-sd3");
    assertThat(ModelCatalog.isName("pipe" + ModelName.ADDS)).isFalse();
  }

  @Test
  void plan_refusesAModelThatNoPoolServes() {
    RoutePlanner planner = planner("denoiser/large=pipe-sd3");

    assertThatThrownBy(() -> planner.plan(request().build(), NOW))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> assertThat(e.toError().getCode()).isEqualTo(ErrorCode.MODEL_UNUSABLE))
        .hasMessageContainingAll("pipe-unclip", "no pool of the stage denoiser");
  }
}
