package dev.sluice.planning.feature;

import dev.sluice.catalog.Ability;
import dev.sluice.contract.Limits;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.PriorParameters;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.planning.request.RequestChecks;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.route.PlainRoute;
import dev.sluice.planning.route.RouteSteps;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pictures on the way from one embedding to another, or from one noise to another (Ramesh et al.
 * 2022, section 3).
 */
public final class Interpolated implements Feature {

  /** The input that holds the picture at which an interpolation ends. */
  public static final String END_IMAGE = "interpolation_image";

  private static final int FEWEST = 2;

  /** How far pictures change along a change of words: Ramesh et al. 2022 have 0.25 to 0.5. */
  private static final double CHANGED = 0.5;

  @Override
  public void check(Asked asked) {
    GenerationRequest request = asked.request();
    if (!request.hasInterpolation()) {
      return;
    }
    checkNoise(asked);
    if (isBetweenEmbeddings(request)) {
      checkEmbeddings(asked);
    }
    checkPictures(request);
  }

  private static void checkEmbeddings(Asked asked) {
    GenerationRequest request = asked.request();
    Interpolation way = request.getInterpolation();
    if (!asked.can(Ability.SAMPLED_EMBEDDINGS) && !asked.can(Ability.VARIATIONS)) {
      throw asked.refused(
          "interpolation",
          "Model %s does not start from picture embeddings, so there is no way between two.");
    }
    if (hasEmptyEnd(way)) {
      throw asked.refused(
          "interpolation", "The way has no end; give it a prompt, an image or a change of words.");
    }
    if (request.getVariation()) {
      throw asked.refused(
          "variation", "A way from picture to picture is no variation; leave that out.");
    }
    if (asked.hasImage() && !request.getPrompt().isEmpty()) {
      throw asked.refused(
          "prompt", "The way begins at the image or at the prompt; leave one of them out.");
    }
    requireEnd(asked, asked.hasImage() ? "image" : "prompt", asked.hasImage());
    if (!way.hasChange()) {
      requireEnd(
          asked, way.hasImage() ? "interpolation.image" : "interpolation.prompt", way.hasImage());
    }
  }

  private static boolean hasEmptyEnd(Interpolation way) {
    return switch (way.getEndCase()) {
      case PROMPT -> way.getPrompt().isBlank();
      case IMAGE -> way.getImage().isEmpty();
      case CHANGE -> way.getChange().getFrom().isBlank() || way.getChange().getTo().isBlank();
      case END_NOT_SET -> true;
    };
  }

  /** A way of the noise alone says nothing of embeddings. */
  static boolean isBetweenEmbeddings(GenerationRequest request) {
    Interpolation way = request.getInterpolation();
    return request.hasInterpolation()
        && (way.getEndCase() != Interpolation.EndCase.END_NOT_SET || !way.hasSeed());
  }

  /** Whether all embeddings of a request are those of pictures. */
  static boolean samplesNothing(Asked asked) {
    GenerationRequest request = asked.request();
    boolean ofPicture = asked.hasImage() && !Painting.ofEmbedding(asked);
    return request.getVariation() || ofPicture && !request.getInterpolation().hasPrompt();
  }

  private static void checkNoise(Asked asked) {
    GenerationRequest request = asked.request();
    Interpolation way = request.getInterpolation();
    if (way.hasSeed() && way.getSeed() < 0) {
      throw RequestException.invalid(
          "interpolation.seed", "The seed is %d; give 0 to 2^63 - 1.".formatted(way.getSeed()));
    }
    if (way.hasSeed() && asked.hasImage() && !asked.varies() && !isBetweenEmbeddings(request)) {
      throw asked.refused(
          "interpolation.seed",
          "Pictures that start from a picture do not start from noise; leave the image or the seed out.");
    }
  }

  private static void requireEnd(Asked asked, String field, boolean image) {
    if (!asked.can(image ? Ability.VARIATIONS : Ability.SAMPLED_EMBEDDINGS)) {
      throw asked.refused(
          field,
          image
              ? "Model %s has no image encoder, so its ways go from prompt to prompt."
              : "Model %s has no prior, so its ways go from image to image.");
    }
  }

  private static void checkPictures(GenerationRequest request) {
    Interpolation way = request.getInterpolation();
    if (way.hasPosition()) {
      RequestChecks.checkRange("interpolation.position", way.getPosition(), 1);
      if (request.getN() > 1) {
        throw RequestException.invalid(
            "n", "There is one picture at one position; leave n or the position out.");
      }
    } else if (request.getN() < FEWEST) {
      throw RequestException.invalid(
          "n",
          "A way from end to end takes %d to %d pictures; ask for that many, or give a position."
              .formatted(FEWEST, Limits.IMAGES));
    }
  }

  @Override
  public List<RouteStep> apply(Asked asked, List<RouteStep> route) {
    List<RouteStep> between =
        isBetweenEmbeddings(asked.request()) ? betweenEmbeddings(asked, route) : route;
    Interpolation way = asked.request().getInterpolation();
    return way.hasSeed()
        ? RouteSteps.mapDenoisers(
            between,
            denoiser -> denoiser.setNoiseBlend(way.getPosition()).setEndNoiseSeed(way.getSeed()))
        : between;
  }

  /** One embedding after the other; what is between two texts, no text says to the decoder. */
  private static List<RouteStep> betweenEmbeddings(Asked asked, List<RouteStep> route) {
    GenerationRequest request = asked.request();
    Interpolation way = request.getInterpolation();
    PriorParameters sampled = prior(route);
    List<RouteStep> steps = new ArrayList<>();
    if (asked.hasImage()) {
      steps.add(RouteSteps.prior(PriorParameters.newBuilder().setFromImage(true)));
    } else {
      steps.add(text(request.getPrompt(), request));
      steps.add(RouteSteps.prior(sampled.toBuilder()));
    }
    PriorParameters.Builder end =
        switch (way.getEndCase()) {
          case PROMPT -> {
            steps.add(text(way.getPrompt(), request));
            yield sampled.toBuilder();
          }
          case CHANGE -> {
            steps.add(RouteSteps.text(way.getChange().getTo(), way.getChange().getFrom()));
            yield PriorParameters.newBuilder().setFromChange(true);
          }
          default -> PriorParameters.newBuilder().setFromImage(true).setImage(END_IMAGE);
        };
    steps.add(RouteSteps.prior(end.setBlend(way.getPosition())));
    if (PlainRoute.decoderReadsText(asked.model())) {
      steps.add(text("", request));
    }
    route.stream().filter(step -> !step.hasTextEncoder() && !step.hasPrior()).forEach(steps::add);
    return steps;
  }

  private static PriorParameters prior(List<RouteStep> route) {
    return route.stream().filter(RouteStep::hasPrior).findFirst().orElseThrow().getPrior();
  }

  private static RouteStep text(String prompt, GenerationRequest request) {
    return RouteSteps.text(prompt, request.getNegativePrompt());
  }

  /** How far each picture is on the way, 0 to 1; empty if the request asks for none. */
  public static List<Double> positions(GenerationRequest request) {
    if (!request.hasInterpolation()) {
      return List.of();
    }
    Interpolation way = request.getInterpolation();
    double end = way.hasChange() ? CHANGED : 1;
    return way.hasPosition()
        ? List.of(way.getPosition())
        : IntStream.range(0, request.getN()).mapToObj(i -> end * i / (request.getN() - 1)).toList();
  }

  /** The route of a picture that is at that position. */
  public static List<RouteStep> at(double position, List<RouteStep> route) {
    return RouteSteps.mapDenoisers(
        RouteSteps.mapPriors(route, prior -> prior.hasBlend() ? prior.setBlend(position) : prior),
        denoiser -> denoiser.hasNoiseBlend() ? denoiser.setNoiseBlend(position) : denoiser);
  }
}
