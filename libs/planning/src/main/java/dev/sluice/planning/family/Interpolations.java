package dev.sluice.planning.family;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.Limits;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.planning.request.RequestChecks;
import dev.sluice.planning.request.RequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Requests for pictures on the way from one embedding to another. */
public final class Interpolations {

  private static final int FEWEST = 2;

  /** How far pictures change along a change of words: Ramesh et al. 2022 have 0.25 to 0.5. */
  private static final double CHANGED = 0.5;

  private Interpolations() {}

  /**
   * Checks what a request says about the way; none is fine.
   *
   * @throws RequestException if there is no such way, or the model cannot go it
   */
  public static void check(ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    if (!request.hasInterpolation()) {
      return;
    }
    checkNoise(planner, request);
    if (isBetweenEmbeddings(request)) {
      checkEmbeddings(model, planner, request);
    }
    checkPictures(request);
  }

  private static void checkEmbeddings(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    Interpolation way = request.getInterpolation();
    if (!planner.samplesEmbeddings() && !planner.takesVariation(model)) {
      throw RequestException.invalid(
          "interpolation",
          "Model %s does not start from picture embeddings, so there is no way between two."
              .formatted(model.name()));
    }
    if (hasEmptyEnd(way)) {
      throw RequestException.invalid(
          "interpolation", "The way has no end; give it a prompt, an image or a change of words.");
    }
    if (request.getVariation()) {
      throw RequestException.invalid(
          "variation", "A way from picture to picture is no variation; leave that out.");
    }
    boolean fromImage = !request.getImage().isEmpty();
    if (fromImage && !request.getPrompt().isEmpty()) {
      throw RequestException.invalid(
          "prompt", "The way begins at the image or at the prompt; leave one of them out.");
    }
    requireEnd(model, planner, fromImage ? "image" : "prompt", fromImage);
    if (!way.hasChange()) {
      requireEnd(
          model,
          planner,
          way.hasImage() ? "interpolation.image" : "interpolation.prompt",
          way.hasImage());
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
  public static boolean isBetweenEmbeddings(GenerationRequest request) {
    Interpolation way = request.getInterpolation();
    return request.hasInterpolation()
        && (way.getEndCase() != Interpolation.EndCase.END_NOT_SET || !way.hasSeed());
  }

  private static void checkNoise(PipelinePlanner planner, GenerationRequest request) {
    Interpolation way = request.getInterpolation();
    if (way.hasSeed() && way.getSeed() < 0) {
      throw RequestException.invalid(
          "interpolation.seed", "The seed is %d; give 0 to 2^63 - 1.".formatted(way.getSeed()));
    }
    boolean startsFromPicture =
        !request.getImage().isEmpty()
            && !request.getVariation()
            && !planner.isForVariations()
            && !isBetweenEmbeddings(request);
    if (way.hasSeed() && startsFromPicture) {
      throw RequestException.invalid(
          "interpolation.seed",
          "Pictures that start from a picture do not start from noise; leave the image or the seed out.");
    }
  }

  private static void requireEnd(
      ModelFolder model, PipelinePlanner planner, String field, boolean image) {
    if (image ? !planner.takesVariation(model) : !planner.samplesEmbeddings()) {
      throw RequestException.invalid(
          field,
          "Model %s has no %s."
              .formatted(
                  model.name(),
                  image
                      ? "image encoder, so its ways go from prompt to prompt"
                      : "prior, so its ways go from image to image"));
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

  /** A route whose first picture-making step begins on the way to the noise of another seed. */
  public static List<RouteStep> towardsSeed(GenerationRequest request, List<RouteStep> route) {
    if (!request.getInterpolation().hasSeed()) {
      return route;
    }
    List<RouteStep> changed = new ArrayList<>();
    for (RouteStep step : route) {
      RouteStep.Builder builder = step.toBuilder();
      if (step.hasDenoiser() && !step.getDenoiser().hasStart()) {
        builder
            .getDenoiserBuilder()
            .setNoiseBlend(request.getInterpolation().getPosition())
            .setEndNoiseSeed(request.getInterpolation().getSeed());
      }
      changed.add(builder.build());
    }
    return changed;
  }

  /** The route of a picture that is at that position. */
  public static List<RouteStep> at(double position, List<RouteStep> route) {
    return route.stream()
        .map(
            step -> {
              RouteStep.Builder moved = step.toBuilder();
              if (step.getPrior().hasBlend()) {
                moved.getPriorBuilder().setBlend(position);
              }
              if (step.getDenoiser().hasNoiseBlend()) {
                moved.getDenoiserBuilder().setNoiseBlend(position);
              }
              return moved.build();
            })
        .toList();
  }
}
