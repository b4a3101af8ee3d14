package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.planning.route.RouteSteps;
import java.util.List;

/** The best of several embeddings that a prior samples (Ramesh et al. 2022, section 2.2). */
final class Candidates implements Feature {

  @Override
  public void check(Asked asked) {
    if (asked.request().getPriorCandidates() > 1
        && (!asked.can(Ability.SAMPLED_EMBEDDINGS) || Interpolated.samplesNothing(asked))) {
      throw asked.refused(
          "prior_candidates",
          "Model %s samples no picture embedding for this; leave the number of candidates out.");
    }
  }

  @Override
  public List<RouteStep> apply(Asked asked, List<RouteStep> route) {
    return RouteSteps.mapSampledPriors(
        route, prior -> prior.setCandidates(asked.request().getPriorCandidates()));
  }
}
