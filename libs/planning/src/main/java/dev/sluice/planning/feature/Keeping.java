package dev.sluice.planning.feature;

import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.planning.request.RequestException;
import java.util.ArrayList;
import java.util.List;

/** Marks the places of a route where later requests can begin. */
public final class Keeping implements Feature {

  @Override
  public List<RouteStep> apply(Asked asked, List<RouteStep> route) {
    return mark(route, asked.request().getKeepList());
  }

  /**
   * The route with those places marked and no others. What a stage does is done after its last
   * turn.
   *
   * @param stages whose work is kept
   * @throws RequestException if the route does not pass a stage, or ends with it
   */
  public static List<RouteStep> mark(List<RouteStep> route, List<Stage> stages) {
    List<Stage> turns = route.stream().map(RouteStep::getStage).toList();
    List<RouteStep> marked = new ArrayList<>();
    route.forEach(step -> marked.add(step.toBuilder().clearKeepAs().build()));
    for (Stage stage : stages) {
      int next = turns.lastIndexOf(stage) + 1;
      if (next == 0 || next == route.size()) {
        throw RequestException.invalid(
            "keep",
            "After the stage %s there is nothing to go on with; the stages are %s."
                .formatted(stage, turns));
      }
      marked.set(next, marked.get(next).toBuilder().setKeepAs(stage).build());
    }
    return List.copyOf(marked);
  }
}
