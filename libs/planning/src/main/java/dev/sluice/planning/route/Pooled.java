package dev.sluice.planning.route;

import dev.sluice.contract.ModelName;
import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.planning.request.RequestException;
import java.util.ArrayList;
import java.util.List;

/** Routes through the pools that serve their models. */
public final class Pooled {

  private Pooled() {}

  /**
   * The same route, each step on the topic of the pool that serves its model.
   *
   * @param model of the steps up to the first that names another
   * @throws RequestException if no pool of a step's stage serves its model
   */
  public static List<RouteStep> route(List<RouteStep> route, String model, Pools pools) {
    List<RouteStep> pooled = new ArrayList<>();
    String current = model;
    for (RouteStep step : route) {
      current = step.getModel().isEmpty() ? current : step.getModel();
      String served = ModelName.own(current);
      Pool pool =
          pools
              .serving(step.getStage(), served)
              .orElseThrow(
                  () ->
                      RequestException.modelUnusable(
                          "Model %s is served by no pool of the stage %s; choose another model."
                              .formatted(served, Topics.name(step.getStage()))));
      pooled.add(step.toBuilder().setTopic(pool.topic()).build());
    }
    return pooled;
  }
}
