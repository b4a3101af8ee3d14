package dev.sluice.planning.feature;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.RouteStep;
import java.util.List;
import java.util.Map;

/**
 * One thing that requests may ask for. It is checked before any work is done, and then changes the
 * route that a picture of words alone would take; where it is not asked for, it does neither.
 */
public interface Feature {

  /**
   * Checks what is asked.
   *
   * @throws dev.sluice.planning.request.RequestException if the model cannot do it, or what it
   *     takes is missing
   */
  default void check(Asked asked) {}

  /** The route with what is asked, {@link #check}ed before. */
  default List<RouteStep> apply(Asked asked, List<RouteStep> route) {
    return route;
  }

  /** The other models that take part, by what they do. */
  default Map<String, ModelFolder> helpers(Asked asked) {
    return Map.of();
  }
}
