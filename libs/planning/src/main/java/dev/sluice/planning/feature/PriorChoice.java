package dev.sluice.planning.feature;

import dev.sluice.catalog.ModelCatalog;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.planning.request.RequestException;
import java.util.List;

/**
 * Which model makes the picture embeddings for one that is published without a prior.
 *
 * @param prior its folder
 */
public record PriorChoice(ModelFolder prior) {

  private static final PipelineClass PRIOR = PipelineClass.KANDINSKY_PRIOR;

  /**
   * The prior that a request names, or else the only one that fits.
   *
   * @param decoder the model that starts from embeddings
   * @param named by the request; empty for none
   * @throws RequestException if there is no such model, it does not fit, or several do
   */
  public static PriorChoice of(ModelCatalog catalog, ModelFolder decoder, String named) {
    List<ModelFolder> fitting =
        catalog.models().stream()
            .filter(model -> model.pipeline() == PRIOR && fits(model, decoder))
            .toList();
    List<ModelFolder> chosen =
        named.isEmpty()
            ? fitting
            : fitting.stream().filter(model -> model.name().equals(named)).toList();
    if (chosen.size() == 1) {
      return new PriorChoice(chosen.get(0));
    }
    throw RequestException.invalid(
        "prior_model",
        "Model %s starts from picture embeddings, which a %s of the same width makes; %s; %s."
            .formatted(
                decoder.name(),
                PRIOR.className(),
                named.isEmpty() ? "none is named" : named + " is none",
                fitting.isEmpty() ? "there is none" : "there are " + names(fitting)));
  }

  private static String names(List<ModelFolder> models) {
    return String.join(", ", models.stream().map(ModelFolder::name).toList());
  }

  private static boolean fits(ModelFolder prior, ModelFolder decoder) {
    int made = prior.config("prior").integer("embedding_dim", 0);
    return made > 0 && made == decoder.config("unet").integer("encoder_hid_dim", 0);
  }

  /** A route with each step's model: embeddings are the prior's work. */
  public List<RouteStep> assign(List<RouteStep> route, ModelFolder decoder) {
    return route.stream()
        .map(
            step -> {
              boolean embeds =
                  step.getStage() == Stage.TEXT_ENCODER || step.getStage() == Stage.PRIOR;
              return step.toBuilder().setModel((embeds ? prior : decoder).name()).build();
            })
        .toList();
  }
}
