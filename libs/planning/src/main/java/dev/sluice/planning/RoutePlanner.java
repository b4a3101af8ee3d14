package dev.sluice.planning;

import com.google.protobuf.Timestamp;
import dev.sluice.catalog.Ability;
import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.ModelInspection;
import dev.sluice.catalog.file.InvalidConfigException;
import dev.sluice.catalog.lora.LoraLibrary;
import dev.sluice.contract.Pools;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.ListModelsReply;
import dev.sluice.contract.v1.Recipe;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.UnusableModel;
import dev.sluice.planning.feature.Asked;
import dev.sluice.planning.feature.Feature;
import dev.sluice.planning.feature.Features;
import dev.sluice.planning.feature.Interpolated;
import dev.sluice.planning.fork.ForkPlanner;
import dev.sluice.planning.fork.KeptTasks;
import dev.sluice.planning.input.RequestInputs;
import dev.sluice.planning.model.Models;
import dev.sluice.planning.plan.FirstHeader;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.recipe.RecipeWriter;
import dev.sluice.planning.request.RequestChecks;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.RequestedSize;
import dev.sluice.planning.route.PlainRoute;
import dev.sluice.planning.route.Pooled;
import dev.sluice.planning.route.Sizes;
import dev.sluice.planning.sampling.SamplerChecks;
import dev.sluice.planning.sampling.WithoutEffect;
import dev.sluice.planning.work.DeclaredWork;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Decides, from a request and the model's own files, which stages make its pictures and with what
 * parameters. Whatever is wrong with a request is found here, before any work is done.
 */
public final class RoutePlanner {

  private final Models models;
  private final RecipeWriter recipes;
  private final ForkPlanner forks;
  private final Pools pools;

  /** Plans onto one pool for each stage. */
  public RoutePlanner(
      ModelCatalog catalog, String defaultModel, RecipeWriter recipes, KeptTasks kept) {
    this(catalog, defaultModel, recipes, kept, Pools.ONE_EACH);
  }

  /**
   * @param pools that serve the models
   */
  public RoutePlanner(
      ModelCatalog catalog,
      String defaultModel,
      RecipeWriter recipes,
      KeptTasks kept,
      Pools pools) {
    this.pools = pools;
    this.models = new Models(catalog, defaultModel);
    this.recipes = recipes;
    this.forks = new ForkPlanner(kept, recipes, models);
  }

  /**
   * Plans a request that was accepted at {@code now}.
   *
   * @throws RequestException when the request is not valid, its model is not there, or no pool
   *     serves it
   */
  public GenerationPlan plan(GenerationRequest request, Timestamp now) {
    GenerationPlan plan = planned(request, now);
    return plan.withRoute(Pooled.route(plan.route(), plan.header().getModel(), pools));
  }

  private GenerationPlan planned(GenerationRequest request, Timestamp now) {
    RequestChecks.check(request);
    if (request.hasFrom()) {
      return forks.plan(request, now);
    }
    ModelFolder model = models.picturing(request.getModel());
    try {
      return plan(new Asked(request, model, models), now);
    } catch (InvalidConfigException e) {
      throw RequestException.modelUnusable(
          "Model %s cannot be served: %s".formatted(model.name(), e.getMessage()));
    }
  }

  private GenerationPlan plan(Asked asked, Timestamp now) {
    List<Feature> features = Features.of(asked.request());
    features.forEach(feature -> feature.check(asked));
    RequestInputs inputs = RequestInputs.of(asked);
    Asked sized = inputs.size().map(asked::of).orElse(asked);
    List<RouteStep> route = PlainRoute.of(sized.model(), sized.request());
    for (Feature feature : features) {
      route = feature.apply(sized, route);
    }
    Function<String, ModelFolder> named =
        name -> name.isEmpty() ? sized.model() : models.named(name);
    SamplerChecks.check(route, named);
    return plan(sized, features, inputs, DeclaredWork.on(route, named), named, now);
  }

  private GenerationPlan plan(
      Asked asked,
      List<Feature> features,
      RequestInputs inputs,
      List<RouteStep> route,
      Function<String, ModelFolder> named,
      Timestamp now) {
    GenerationRequest request = asked.request();
    ModelFolder model = asked.model();
    Map<String, ModelFolder> helpers = new LinkedHashMap<>();
    features.forEach(feature -> helpers.putAll(feature.helpers(asked)));
    TaskHeader.Builder header =
        FirstHeader.of(request, model.name(), now, route)
            .addAllWarnings(inputs.warnings())
            .addAllWarnings(
                WithoutEffect.of(
                    request,
                    route,
                    named,
                    asked.can(Ability.GUIDANCE_EMBEDDING),
                    isGuidable(asked)));
    // Before their content is looked at: what changes in between is noticed.
    header.putModelStamps(model.name(), model.stamp());
    helpers.values().forEach(helper -> header.putModelStamps(helper.name(), helper.stamp()));
    Recipe recipe =
        recipes.write(
            request,
            model,
            helpers,
            RequestedSize.of(request, Sizes.natural(model)),
            header.getSeed(),
            route);
    return new GenerationPlan(
        header.build(),
        recipe,
        Math.max(1, request.getN()),
        inputs.tensors(),
        route,
        Interpolated.positions(request));
  }

  private static boolean isGuidable(Asked asked) {
    return asked.can(Ability.TEXT) || asked.can(Ability.EMBEDDINGS) || asked.model().classes() > 0;
  }

  /** The name of the model of requests that name none. */
  public String usualModel() {
    return models.unnamed();
  }

  /** Every model that requests can name, and what is wrong with those that cannot be served. */
  public ListModelsReply models() {
    ListModelsReply.Builder reply = ListModelsReply.newBuilder();
    for (ModelInspection inspection : models.catalog().inspect()) {
      if (!inspection.isServable()) {
        reply.addUnusable(
            UnusableModel.newBuilder()
                .setName(inspection.name())
                .addAllProblems(inspection.problems()));
      } else if (inspection.model().orElseThrow().pipeline().hasDenoiser()) {
        reply.addModels(ModelDescription.of(inspection));
      }
    }
    models
        .catalog()
        .unusableLoras()
        .forEach(
            (name, problem) ->
                reply.addUnusable(
                    UnusableModel.newBuilder()
                        .setName(LoraLibrary.FOLDER + "/" + name)
                        .addProblems(problem)));
    return reply.addAllLoras(models.catalog().loras()).build();
  }
}
