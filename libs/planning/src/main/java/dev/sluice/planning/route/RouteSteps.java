package dev.sluice.planning.route;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.TextEncoderParameters;
import dev.sluice.contract.v1.UpscalerParameters;
import java.util.List;
import java.util.function.UnaryOperator;

/** The steps of routes: each stage with its topic and what it shall do there. */
public final class RouteSteps {

  private RouteSteps() {}

  public static RouteStep text(String prompt, String negativePrompt) {
    return step(Stage.TEXT_ENCODER)
        .setTextEncoder(
            TextEncoderParameters.newBuilder().setPrompt(prompt).setNegativePrompt(negativePrompt))
        .build();
  }

  public static RouteStep prior(PriorParameters.Builder parameters) {
    return step(Stage.PRIOR).setPrior(parameters).build();
  }

  public static RouteStep denoiser(DenoiserParameters.Builder parameters) {
    return step(Stage.DENOISER).setDenoiser(parameters).build();
  }

  /** Makes the final picture without sampling any more. */
  static RouteStep upscaler(UpscalerParameters.Builder parameters) {
    return step(Stage.UPSCALER).setUpscaler(parameters).build();
  }

  private static RouteStep.Builder step(Stage stage) {
    return RouteStep.newBuilder().setStage(stage).setTopic(Topics.tasks(stage));
  }

  /** A route with what its denoisers do changed. */
  public static List<RouteStep> mapDenoisers(
      List<RouteStep> route, UnaryOperator<DenoiserParameters.Builder> change) {
    return route.stream()
        .map(
            step ->
                step.hasDenoiser()
                    ? step.toBuilder()
                        .setDenoiser(change.apply(step.getDenoiser().toBuilder()))
                        .build()
                    : step)
        .toList();
  }

  /** A route with what its priors do changed. */
  public static List<RouteStep> mapPriors(
      List<RouteStep> route, UnaryOperator<PriorParameters.Builder> change) {
    return route.stream()
        .map(
            step ->
                step.hasPrior()
                    ? step.toBuilder().setPrior(change.apply(step.getPrior().toBuilder())).build()
                    : step)
        .toList();
  }

  /** As {@link #mapPriors}, of those that sample embeddings and do not take them from pictures. */
  public static List<RouteStep> mapSampledPriors(
      List<RouteStep> route, UnaryOperator<PriorParameters.Builder> change) {
    return mapPriors(route, prior -> prior.hasSampling() ? change.apply(prior) : prior);
  }
}
