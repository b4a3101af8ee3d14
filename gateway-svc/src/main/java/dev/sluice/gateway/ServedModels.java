package dev.sluice.gateway;

import dev.sluice.contract.v1.Model;
import dev.sluice.stage.StatusBoard;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The models that requests may name, with what the workers say of them. */
@ApplicationScoped
class ServedModels {

  private final RoutePlanner planner;
  private final StatusBoard workers;

  ServedModels(RoutePlanner planner, StatusBoard workers) {
    this.planner = planner;
    this.workers = workers;
  }

  /** Every model, by name; those that no worker knows yet too. */
  List<Model> list() {
    return planner.models().stream().map(this::withStatus).toList();
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
