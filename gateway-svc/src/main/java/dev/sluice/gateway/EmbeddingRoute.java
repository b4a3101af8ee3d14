package dev.sluice.gateway;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingParameters;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.TextEncoderParameters;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a route that ends with a picture embedding: sampled for a text, taken from a picture,
 * or on the way between two of either (Ramesh et al. 2022, section 3).
 *
 * @param prior how it samples
 * @param decoderReadsText whether the text conditions the decoder too, as unCLIP's
 * @param varies whether the picture given is to be varied
 */
record EmbeddingRoute(
    GenerationRequest request, SamplingParameters prior, boolean decoderReadsText, boolean varies) {

  /** The input that holds the picture at which an interpolation ends. */
  static final String END_IMAGE = "interpolation_image";

  private static final String IMAGE = "image";

  List<RouteStep> steps() {
    if (request.hasInterpolation()) {
      return interpolation();
    }
    List<RouteStep> steps = new ArrayList<>();
    if (decoderReadsText || !varies) {
      steps.add(text(request.getPrompt()));
    }
    steps.add(step(varies ? embedded(IMAGE) : sampled()));
    return steps;
  }

  /** One embedding after the other; what is between two texts, no text says to the decoder. */
  private List<RouteStep> interpolation() {
    Interpolation way = request.getInterpolation();
    List<RouteStep> steps = new ArrayList<>();
    if (request.getImage().isEmpty()) {
      steps.add(text(request.getPrompt()));
      steps.add(step(sampled()));
    } else {
      steps.add(step(embedded(IMAGE)));
    }
    if (way.hasPrompt()) {
      steps.add(text(way.getPrompt()));
    }
    PriorParameters.Builder end = way.hasPrompt() ? sampled() : embedded(END_IMAGE);
    steps.add(step(end.setBlend(way.getPosition())));
    if (decoderReadsText) {
      steps.add(text(""));
    }
    return steps;
  }

  private RouteStep text(String prompt) {
    return RouteStep.newBuilder()
        .setStage(Stage.TEXT_ENCODER)
        .setTopic(Topics.tasks(Stage.TEXT_ENCODER))
        .setTextEncoder(
            TextEncoderParameters.newBuilder()
                .setPrompt(prompt)
                .setNegativePrompt(request.getNegativePrompt()))
        .build();
  }

  private static RouteStep step(PriorParameters.Builder parameters) {
    return RouteStep.newBuilder()
        .setStage(Stage.PRIOR)
        .setTopic(Topics.tasks(Stage.PRIOR))
        .setPrior(parameters)
        .build();
  }

  /** A decoder that reads no text learns from the embedding what is not wanted. */
  private PriorParameters.Builder sampled() {
    return PriorParameters.newBuilder()
        .setSampling(prior)
        .setCandidates(request.getPriorCandidates())
        .setWithNegative(!decoderReadsText && !request.getNegativePrompt().isEmpty());
  }

  private static PriorParameters.Builder embedded(String image) {
    return PriorParameters.newBuilder()
        .setFromImage(true)
        .setImage(image.equals(IMAGE) ? "" : image);
  }
}
