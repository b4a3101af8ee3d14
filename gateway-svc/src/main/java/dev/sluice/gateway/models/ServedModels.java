package dev.sluice.gateway.models;

import dev.sluice.contract.v1.ListModelsReply;
import dev.sluice.contract.v1.Model;
import dev.sluice.planning.RoutePlanner;
import dev.sluice.stage.StatusBoard;
import jakarta.enterprise.context.ApplicationScoped;

/** The models that requests may name, with what the workers say of them. */
@ApplicationScoped
public class ServedModels {

  private final RoutePlanner planner;
  private final StatusBoard workers;

  ServedModels(RoutePlanner planner, StatusBoard workers) {
    this.planner = planner;
    this.workers = workers;
  }

  /** Every model, by name; those that no worker knows yet too, and those that none can serve. */
  public ListModelsReply reply() {
    ListModelsReply known = planner.models();
    return known.toBuilder()
        .clearModels()
        .addAllModels(known.getModelsList().stream().map(this::withStatus).toList())
        .build();
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
