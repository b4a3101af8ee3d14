package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.contract.v1.RouteStep;
import java.util.List;
import java.util.Map;

/**
 * Which model makes the picture embeddings for one that is published without a prior (Kandinsky
 * 2.2: Razzhigaev et al. 2023).
 */
final class PriorChoice implements Feature {

  private static final PipelineClass PRIOR = PipelineClass.KANDINSKY_PRIOR;

  @Override
  public void check(Asked asked) {
    if (asked.can(Ability.BORROWED_PRIOR)) {
      prior(asked);
    } else if (!asked.request().getPriorModel().isEmpty()) {
      throw asked.refused("prior_model", "Model %s needs no other model's prior; leave it out.");
    }
  }

  /** The prior that a request names, or else the only one that fits. */
  private static ModelFolder prior(Asked asked) {
    ModelFolder decoder = asked.model();
    String named = asked.request().getPriorModel();
    List<ModelFolder> fitting =
        asked.models().all().stream()
            .filter(model -> model.pipeline() == PRIOR && fits(model, decoder))
            .toList();
    List<ModelFolder> chosen =
        named.isEmpty()
            ? fitting
            : fitting.stream().filter(model -> model.name().equals(named)).toList();
    if (chosen.size() == 1) {
      return chosen.get(0);
    }
    throw asked.refused(
        "prior_model",
        "Model %s starts from picture embeddings, which a %s of the same width makes; %s; %s.",
        PRIOR.className(),
        named.isEmpty() ? "none is named" : named + " is none",
        fitting.isEmpty() ? "there is none" : "there are " + names(fitting));
  }

  private static String names(List<ModelFolder> models) {
    return String.join(", ", models.stream().map(ModelFolder::name).toList());
  }

  private static boolean fits(ModelFolder prior, ModelFolder decoder) {
    int made = prior.config("prior").integer("embedding_dim", 0);
    return made > 0 && made == decoder.config("unet").integer("encoder_hid_dim", 0);
  }

  @Override
  public Map<String, ModelFolder> helpers(Asked asked) {
    return asked.can(Ability.BORROWED_PRIOR) ? Map.of("prior", prior(asked)) : Map.of();
  }

  /** Each step with its model: embeddings are the prior's work. */
  @Override
  public List<RouteStep> apply(Asked asked, List<RouteStep> route) {
    if (!asked.can(Ability.BORROWED_PRIOR)) {
      return route;
    }
    ModelFolder prior = prior(asked);
    return route.stream()
        .map(
            step -> {
              boolean embeds = step.hasTextEncoder() || step.hasPrior();
              return step.toBuilder().setModel((embeds ? prior : asked.model()).name()).build();
            })
        .toList();
  }
}
