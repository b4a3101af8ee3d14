package dev.sluice.planning.fork;

import com.google.protobuf.Timestamp;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.Stages;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Origin;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.planning.feature.Asked;
import dev.sluice.planning.feature.Features;
import dev.sluice.planning.feature.Keeping;
import dev.sluice.planning.model.Models;
import dev.sluice.planning.plan.FirstHeader;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.recipe.RecipeWriter;
import dev.sluice.planning.request.RequestChecks;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.sampling.SamplerChecks;
import dev.sluice.planning.sampling.WithoutEffect;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Plans requests that go on from what was kept of an earlier picture. The rest of that one's route
 * was kept with it, so what the picture shows does not matter here; how it samples is checked
 * against its model.
 */
public final class ForkPlanner {

  /** What such a request can say; all else was settled by the stages before. */
  private static final Set<String> FIELDS =
      Set.of(
          "request_id",
          "model",
          "n",
          "seed",
          "prior",
          "denoiser",
          "refiner",
          "upscaler",
          "preview_every_steps",
          "previews",
          "timeout",
          "cancel_on_disconnect",
          "tenant",
          "from",
          "keep");

  private static final List<Stage> STAGES =
      Stages.ALL.stream().filter(stage -> !Stages.makesImage(stage)).toList();

  private final KeptTasks keptTasks;
  private final RecipeWriter recipes;
  private final Models models;

  /**
   * @param models by their name, for what a request changes
   */
  public ForkPlanner(KeptTasks keptTasks, RecipeWriter recipes, Models models) {
    this.keptTasks = keptTasks;
    this.recipes = recipes;
    this.models = models;
  }

  /**
   * Plans a request that says where it begins.
   *
   * @param request checked for everything that does not depend on that
   * @throws RequestException when nothing is kept there, or it cannot go on as the request says
   */
  public GenerationPlan plan(GenerationRequest request, Timestamp now) {
    RequestChecks.requireOnly(FIELDS, request, "A request that goes on from an earlier one");
    Task kept = kept(request);
    Recipe origin = RecipeWriter.read(kept.getHeader().getRecipe());
    String model = origin.getRequest().getModel();
    if (!request.getModel().isEmpty() && !request.getModel().equals(model)) {
      throw RequestException.invalid(
          "model",
          "What is kept was made by model %s, which must go on with it; leave the model out."
              .formatted(model));
    }
    List<RouteStep> route =
        Keeping.mark(ForkSettings.apply(request, rest(kept)), request.getKeepList());
    Asked asked = new Asked(request, models.picturing(model), models);
    Features.of(request).forEach(feature -> feature.check(asked));
    Function<String, ModelFolder> named = name -> models.named(name.isEmpty() ? model : name);
    SamplerChecks.check(route, named);
    TaskHeader.Builder header =
        FirstHeader.of(request, model, now, route)
            .addAllWarnings(WithoutEffect.eta(request, route, named).toList())
            .putAllModelStamps(kept.getHeader().getModelStampsMap());
    if (!request.hasSeed()) {
      requireOnePicture(request);
      header
          .setSeed(kept.getHeader().getSeed())
          .setGeneratorState(kept.getHeader().getGeneratorState());
    }
    return new GenerationPlan(
        header.build(),
        recipes.writeFork(request, origin, route),
        Math.max(1, request.getN()),
        kept.getInputsMap(),
        route,
        List.of());
  }

  /** The step that the task was kept at, and all after it. */
  private static List<RouteStep> rest(Task kept) {
    List<RouteStep> rest = new ArrayList<>(List.of(kept.getStep()));
    rest.addAll(kept.getRouteList());
    return rest;
  }

  private Task kept(GenerationRequest request) {
    Origin from = request.getFrom();
    if (!ImageId.isName(from.getRequestId())
        || from.getImageIndex() < 0
        || !STAGES.contains(from.getStage())) {
      throw RequestException.invalid(
          "from",
          "A request goes on from a request_id, an image_index and one of the stages %s."
              .formatted(STAGES));
    }
    return keptTasks
        .find(request.getTenant(), from)
        .orElseThrow(
            () ->
                RequestException.invalid(
                    "from",
                    "Nothing is kept of the picture %s/%d after %s. A request keeps what its field "
                            .formatted(from.getRequestId(), from.getImageIndex(), from.getStage())
                        + "keep names, until the blob store drops it."));
  }

  private static void requireOnePicture(GenerationRequest request) {
    if (request.getN() > 1) {
      throw RequestException.invalid(
          "n",
          "Without a seed all pictures go on with the same random numbers and are equal; give a seed, or leave n out.");
    }
  }
}
