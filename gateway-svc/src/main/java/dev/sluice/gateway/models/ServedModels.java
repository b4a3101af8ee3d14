package dev.sluice.gateway.models;

import dev.sluice.catalog.ModelCatalog;
import dev.sluice.contract.v1.ListModelsReply;
import dev.sluice.contract.v1.Model;
import dev.sluice.contract.v1.ModelAtStage;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.UnusableModel;
import dev.sluice.planning.RoutePlanner;
import dev.sluice.stage.status.StatusBoard;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;

/** The models that requests may name, with what the workers say of them. */
@ApplicationScoped
public class ServedModels {

  private final RoutePlanner planner;
  private final StatusBoard workers;
  private final ModelCatalog catalog;

  ServedModels(RoutePlanner planner, StatusBoard workers, ModelCatalog catalog) {
    this.planner = planner;
    this.workers = workers;
    this.catalog = catalog;
  }

  /** The name of the model of requests that name none. */
  public String usual() {
    return planner.usualModel();
  }

  /** When a model was put here; the start of 1970 for one that is not there any more. */
  public Instant created(String name) {
    return catalog.created(name).orElse(Instant.EPOCH);
  }

  /**
   * Every model, by name, also those that no worker knows yet; apart from them those that cannot be
   * served, be it by their files or by the word of all workers of a stage.
   */
  public ListModelsReply reply() {
    ListModelsReply known = planner.models();
    ListModelsReply.Builder reply = known.toBuilder().clearModels();
    for (Model model : known.getModelsList()) {
      Model told = withStatus(model);
      List<String> reasons = reasons(told);
      if (reasons.isEmpty()) {
        reply.addModels(told);
      } else {
        reply.addUnusable(
            UnusableModel.newBuilder().setName(model.getName()).addAllProblems(reasons));
      }
    }
    return reply.build();
  }

  /** Why stages leave a model out; empty if none does. */
  private static List<String> reasons(Model model) {
    String refusal = "Model %s cannot be served: ".formatted(model.getName());
    return model.getStatusList().stream()
        .filter(at -> at.getWorkers() == 0)
        .map(ModelAtStage::getStatus)
        .filter(status -> status.getState() == ModelStatus.State.LEFT_OUT)
        .map(status -> status.getReason().replace(refusal, ""))
        .distinct()
        .toList();
  }

  private Model withStatus(Model model) {
    Model.Builder told = model.toBuilder();
    model.getStagesList().stream()
        .distinct()
        .flatMap(stage -> workers.at(stage, model.getName()).stream())
        .forEach(told::addStatus);
    return told.build();
  }
}
