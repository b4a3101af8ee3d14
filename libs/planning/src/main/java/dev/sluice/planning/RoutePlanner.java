package dev.sluice.planning;

import com.google.protobuf.Timestamp;
import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.ModelInspection;
import dev.sluice.catalog.UnknownModelException;
import dev.sluice.catalog.UnusableModelException;
import dev.sluice.catalog.file.InvalidConfigException;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.ListModelsReply;
import dev.sluice.contract.v1.Model;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.UnusableModel;
import dev.sluice.planning.family.Interpolations;
import dev.sluice.planning.family.PipelinePlanner;
import dev.sluice.planning.family.Planners;
import dev.sluice.planning.feature.Keeping;
import dev.sluice.planning.feature.ModelChecks;
import dev.sluice.planning.feature.PriorChoice;
import dev.sluice.planning.feature.Refinement;
import dev.sluice.planning.feature.RequestInputs;
import dev.sluice.planning.fork.ForkPlanner;
import dev.sluice.planning.fork.KeptTasks;
import dev.sluice.planning.plan.FirstHeader;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.recipe.RecipeWriter;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.Nearest;
import dev.sluice.planning.request.RequestChecks;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.RequestedSize;
import dev.sluice.planning.sampling.GuidanceWarnings;
import dev.sluice.planning.sampling.SamplerChecks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides, from a request and the model's own files, which stages make its pictures and with what
 * parameters. Whatever is wrong with a request is found here, before any work is done.
 */
public final class RoutePlanner {

  private static final int LONGEST_NAME_SHOWN = 128;

  private final ModelCatalog catalog;
  private final String defaultModel;
  private final RecipeWriter recipes;
  private final ForkPlanner forks;

  public RoutePlanner(
      ModelCatalog catalog, String defaultModel, RecipeWriter recipes, KeptTasks kept) {
    this.catalog = catalog;
    this.defaultModel = defaultModel;
    this.recipes = recipes;
    this.forks = new ForkPlanner(kept, recipes);
  }

  /**
   * Plans a request that was accepted at {@code now}.
   *
   * @throws RequestException when the request is not valid or its model is not there
   */
  public GenerationPlan plan(GenerationRequest request, Timestamp now) {
    RequestChecks.check(request);
    if (request.hasFrom()) {
      return forks.plan(request, now);
    }
    ModelFolder model = model(request.getModel());
    try {
      return plan(request, model, now);
    } catch (InvalidConfigException e) {
      throw RequestException.modelUnusable(
          "Model %s cannot be served: %s".formatted(model.name(), e.getMessage()));
    }
  }

  private GenerationPlan plan(GenerationRequest request, ModelFolder model, Timestamp now) {
    PipelinePlanner planner = planner(model);
    ModelChecks.check(model, planner, request);
    planner.limits(model).check(model.name(), request);
    Optional<Refinement> refinement = refinement(model, request);
    refinement.ifPresent(second -> second.limits().check(second.model().name(), request));
    Optional<PriorChoice> prior = prior(model, planner, request);
    RequestInputs inputs = RequestInputs.of(model, planner, request);
    GenerationRequest sized = inputs.size().map(size -> sized(request, size)).orElse(request);
    List<RouteStep> own = Interpolations.towardsSeed(sized, planner.route(model, sized));
    List<RouteStep> alone = prior.map(choice -> choice.assign(own, model)).orElse(own);
    List<RouteStep> both = refinement.map(second -> second.extend(alone, sized)).orElse(alone);
    SamplerChecks.check(both, name -> name.isEmpty() ? model : model(name));
    List<RouteStep> route = Keeping.mark(both, sized.getKeepList());

    TaskHeader.Builder header =
        FirstHeader.of(sized, model.name(), now)
            .addAllWarnings(inputs.warnings())
            .addAllWarnings(GuidanceWarnings.of(sized, route, planner.isToldOfGuidance(model)));
    Map<String, ModelFolder> helpers = helpers(prior, refinement);
    // Before their content is looked at: what changes in between is noticed.
    header.putModelStamps(model.name(), model.stamp());
    helpers.values().forEach(helper -> header.putModelStamps(helper.name(), helper.stamp()));
    header.setRecipe(
        recipes.write(
            sized,
            model,
            helpers,
            RequestedSize.of(sized, planner.naturalSize(model)),
            header.build(),
            route));
    return new GenerationPlan(
        header.build(),
        Math.max(1, sized.getN()),
        inputs.tensors(),
        route,
        Interpolations.positions(sized));
  }

  private static GenerationRequest sized(GenerationRequest request, ImageSize size) {
    return request.toBuilder().setWidth(size.width()).setHeight(size.height()).build();
  }

  /** The other models that take part, by what they do. */
  private static Map<String, ModelFolder> helpers(
      Optional<PriorChoice> prior, Optional<Refinement> refinement) {
    Map<String, ModelFolder> helpers = new LinkedHashMap<>();
    prior.ifPresent(choice -> helpers.put("prior", choice.prior()));
    refinement.ifPresent(second -> helpers.put("refiner", second.model()));
    return helpers;
  }

  private Optional<PriorChoice> prior(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    if (planner.needsPrior()) {
      return Optional.of(PriorChoice.of(catalog, model, request.getPriorModel()));
    }
    if (!request.getPriorModel().isEmpty()) {
      throw RequestException.invalid(
          "prior_model",
          "Model %s needs no other model's prior; leave it out.".formatted(model.name()));
    }
    return Optional.empty();
  }

  private Optional<Refinement> refinement(ModelFolder first, GenerationRequest request) {
    if (!request.getRefinerModel().isEmpty()) {
      return Optional.of(Refinement.of(first, model(request.getRefinerModel()), request));
    }
    if (request.hasRefinerStart() || request.hasRefiner()) {
      throw RequestException.invalid(
          "refiner_model", "There are settings of a refiner; say which model that is.");
    }
    return Optional.empty();
  }

  /** Every model that requests can name, and what is wrong with those that cannot be served. */
  public ListModelsReply models() {
    ListModelsReply.Builder reply = ListModelsReply.newBuilder();
    for (ModelInspection inspection : catalog.inspect()) {
      if (!inspection.isServable()) {
        reply.addUnusable(
            UnusableModel.newBuilder()
                .setName(inspection.name())
                .addAllProblems(inspection.problems()));
      } else if (Planners.of(inspection.model().orElseThrow()).isPresent()) {
        reply.addModels(describe(inspection));
      }
    }
    return reply.build();
  }

  private Model describe(ModelInspection inspection) {
    ModelFolder folder = inspection.model().orElseThrow();
    PipelinePlanner planner = planner(folder);
    ImageSize size = planner.naturalSize(folder);
    Model.Builder model =
        Model.newBuilder()
            .setName(folder.name())
            .setPipeline(folder.pipeline().className())
            .setWidth(size.width())
            .setHeight(size.height())
            .addAllNotes(inspection.notes());
    return model.addAllStages(planner.stages()).build();
  }

  private ModelFolder model(String name) {
    String wanted = name.isEmpty() ? defaultModel : name;
    try {
      return catalog.open(wanted);
    } catch (UnknownModelException e) {
      throw RequestException.modelNotFound(
          "There is no model '%s'; there are: %s.%s"
              .formatted(
                  abbreviated(wanted),
                  String.join(", ", catalog.names()),
                  Nearest.hint(wanted, catalog.names())));
    } catch (UnusableModelException e) {
      throw RequestException.modelUnusable(e.getMessage());
    }
  }

  private static String abbreviated(String name) {
    return name.length() <= LONGEST_NAME_SHOWN ? name : name.substring(0, LONGEST_NAME_SHOWN) + "…";
  }

  private PipelinePlanner planner(ModelFolder model) {
    return Planners.of(model)
        .orElseThrow(
            () ->
                RequestException.invalid(
                    "model",
                    "Model %s is a %s, which makes no pictures by itself; choose one of: %s."
                        .formatted(
                            model.name(),
                            model.pipeline().className(),
                            String.join(", ", picturing()))));
  }

  private List<String> picturing() {
    return catalog.models().stream()
        .filter(model -> Planners.of(model).isPresent())
        .map(ModelFolder::name)
        .toList();
  }
}
