package dev.sluice.planning.family;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.TextEncoderParameters;
import dev.sluice.contract.v1.UpscalerParameters;

/** The steps of routes: each stage with its topic and what it shall do there. */
public final class RouteSteps {

  private RouteSteps() {}

  /** Encodes the request's own texts. */
  static RouteStep text(GenerationRequest request) {
    return text(request.getPrompt(), request.getNegativePrompt());
  }

  static RouteStep text(String prompt, String negativePrompt) {
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
  static RouteStep upscaler() {
    return upscaler(UpscalerParameters.newBuilder());
  }

  static RouteStep upscaler(UpscalerParameters.Builder parameters) {
    return step(Stage.UPSCALER).setUpscaler(parameters).build();
  }

  private static RouteStep.Builder step(Stage stage) {
    return RouteStep.newBuilder().setStage(stage).setTopic(Topics.tasks(stage));
  }
}
