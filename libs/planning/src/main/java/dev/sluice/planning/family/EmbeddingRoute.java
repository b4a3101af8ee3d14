package dev.sluice.planning.family;

import dev.sluice.contract.v1.DenoiserParameters;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.planning.request.RequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The part of a route that ends with a picture embedding: sampled for a text, taken from a picture,
 * or on the way between two of either (Ramesh et al. 2022, section 3).
 *
 * @param prior how it samples
 * @param decoderReadsText whether the text conditions the decoder too, as unCLIP's
 * @param varies whether the picture given is to be varied
 * @param inversion how the pictures given are inverted, for the decoder to begin with their noise;
 *     empty where it begins with fresh noise
 */
public record EmbeddingRoute(
    GenerationRequest request,
    SamplingSettings prior,
    boolean decoderReadsText,
    boolean varies,
    Optional<SamplingSettings> inversion) {

  /** The input that holds the picture at which an interpolation ends. */
  public static final String END_IMAGE = "interpolation_image";

  private static final String IMAGE = "image";
  private static final String NOISE = "noise";
  private static final String END_NOISE = "end_noise";

  /**
   * The steps, in order.
   *
   * @throws RequestException if the request has settings of models that start from pixels
   */
  List<RouteStep> steps() {
    if (request.hasStrength() || request.hasNoiseLevel()) {
      String field = request.hasStrength() ? "strength" : "noise_level";
      throw RequestException.invalid(
          field,
          "The model starts from an embedding and from noise, not from a picture; leave %s out."
              .formatted(field));
    }
    if (Interpolations.isBetweenEmbeddings(request)) {
      return interpolation();
    }
    List<RouteStep> steps = new ArrayList<>();
    if (decoderReadsText || !varies) {
      steps.add(text(request.getPrompt()));
    }
    steps.add(RouteSteps.prior(varies ? embedded(IMAGE) : sampled()));
    inversion.ifPresent(sampling -> steps.add(inverted(sampling, IMAGE, NOISE)));
    return steps;
  }

  /** One embedding after the other; what is between two texts, no text says to the decoder. */
  private List<RouteStep> interpolation() {
    Interpolation way = request.getInterpolation();
    List<RouteStep> steps = new ArrayList<>();
    inversion.ifPresent(sampling -> invert(way, sampling, steps));
    if (!request.getImage().isEmpty()) {
      steps.add(RouteSteps.prior(embedded(IMAGE)));
      inversion.ifPresent(sampling -> steps.add(inverted(sampling, IMAGE, NOISE)));
    } else {
      steps.add(text(request.getPrompt()));
      steps.add(RouteSteps.prior(sampled()));
    }
    PriorParameters.Builder end =
        switch (way.getEndCase()) {
          case PROMPT -> {
            steps.add(text(way.getPrompt()));
            yield sampled();
          }
          case CHANGE -> {
            steps.add(RouteSteps.text(way.getChange().getTo(), way.getChange().getFrom()));
            yield PriorParameters.newBuilder().setFromChange(true);
          }
          default -> embedded(END_IMAGE);
        };
    steps.add(RouteSteps.prior(end.setBlend(way.getPosition())));
    if (decoderReadsText) {
      steps.add(text(""));
    }
    return steps;
  }

  /** What comes before the beginning of a way is inverted: the decoder's text, and the end. */
  private void invert(Interpolation way, SamplingSettings sampling, List<RouteStep> steps) {
    steps.add(text(""));
    if (way.hasImage()) {
      steps.add(RouteSteps.prior(embedded(END_IMAGE)));
      steps.add(inverted(sampling, END_IMAGE, END_NOISE));
    }
  }

  private static RouteStep inverted(SamplingSettings sampling, String image, String noise) {
    return RouteSteps.denoiser(
        DenoiserParameters.newBuilder()
            .setSampling(sampling)
            .setInvert(true)
            .setImage(image.equals(IMAGE) ? "" : image)
            .setNoise(noise.equals(NOISE) ? "" : noise));
  }

  private RouteStep text(String prompt) {
    return RouteSteps.text(prompt, request.getNegativePrompt());
  }

  /** A decoder that reads no text learns from the embedding what is not wanted. */
  private PriorParameters.Builder sampled() {
    return PriorParameters.newBuilder()
        .setSampling(prior)
        .setCandidates(request.getPriorCandidates())
        .setAutoregressive(request.getAutoregressivePrior())
        .setWithNegative(!decoderReadsText && !request.getNegativePrompt().isEmpty());
  }

  private static PriorParameters.Builder embedded(String image) {
    return PriorParameters.newBuilder()
        .setFromImage(true)
        .setImage(image.equals(IMAGE) ? "" : image);
  }
}
