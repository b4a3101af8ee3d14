package dev.sluice.gateway;

import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Interpolation;
import dev.sluice.contract.v1.RouteStep;
import java.util.List;
import java.util.stream.IntStream;

/** Requests for pictures on the way from one embedding to another. */
final class Interpolations {

  private static final int FEWEST = 2;

  private Interpolations() {}

  /**
   * Checks what a request says about the way; none is fine.
   *
   * @throws RequestException if there is no such way, or the model cannot go it
   */
  static void check(ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    if (!request.hasInterpolation()) {
      return;
    }
    Interpolation way = request.getInterpolation();
    if (!planner.samplesEmbeddings() && !planner.takesVariation(model)) {
      throw RequestException.invalid(
          "interpolation",
          "Model %s does not start from picture embeddings, so there is no way between two."
              .formatted(model.name()));
    }
    if (way.getEndCase() == Interpolation.EndCase.END_NOT_SET
        || (way.hasPrompt() ? way.getPrompt().isBlank() : way.getImage().isEmpty())) {
      throw RequestException.invalid(
          "interpolation", "The way has no end; give it a prompt or an image.");
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
    requireEnd(
        model,
        planner,
        way.hasImage() ? "interpolation.image" : "interpolation.prompt",
        way.hasImage());
    checkPictures(request);
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
              .formatted(FEWEST, RequestChecks.MAX_IMAGES));
    }
  }

  /** How far each picture is on the way, 0 to 1; empty if the request asks for none. */
  static List<Double> positions(GenerationRequest request) {
    if (!request.hasInterpolation()) {
      return List.of();
    }
    return request.getInterpolation().hasPosition()
        ? List.of(request.getInterpolation().getPosition())
        : IntStream.range(0, request.getN())
            .mapToObj(i -> (double) i / (request.getN() - 1))
            .toList();
  }

  /** The route of a picture that is at that position. */
  static List<RouteStep> at(double position, List<RouteStep> route) {
    return route.stream()
        .map(
            step -> {
              if (!step.getPrior().hasBlend()) {
                return step;
              }
              RouteStep.Builder moved = step.toBuilder();
              moved.getPriorBuilder().setBlend(position);
              return moved.build();
            })
        .toList();
  }
}
