package dev.sluice.planning.feature;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.planning.family.PipelinePlanner;
import dev.sluice.planning.request.GivenPicture;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.RequestChecks;
import dev.sluice.planning.request.RequestException;
import java.util.Set;

/** Requests that are for the super-resolution stage alone. */
final class Enlargement {

  /** What such a request can say; of all else, nothing would come. */
  private static final Set<String> FIELDS =
      Set.of(
          "request_id",
          "model",
          "n",
          "width",
          "height",
          "seed",
          "upscaler",
          "preview_every_steps",
          "timeout",
          "cancel_on_disconnect",
          "image",
          "tenant",
          "upscale");

  private Enlargement() {}

  /**
   * Checks what is to be enlarged.
   *
   * @throws RequestException if the model enlarges no pictures, there is none, or more is asked
   */
  static void check(ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    if (planner.enlarges(model).isEmpty()) {
      throw RequestException.invalid(
          "upscale",
          "Model %s has no super-resolution stage; use one that has, or leave that out."
              .formatted(model.name()));
    }
    if (request.getImage().isEmpty()) {
      throw RequestException.invalid("image", "There is no picture to enlarge; give one.");
    }
    RequestChecks.requireOnly(FIELDS, request, "Super-resolution alone");
  }

  /**
   * The picture as the networks take it.
   *
   * @throws RequestException if it is not as large as what they enlarge
   */
  static Tensor input(ModelFolder model, PipelinePlanner planner, GivenPicture image) {
    ImageSize expected = planner.enlarges(model).orElseThrow();
    if (!image.size().equals(expected)) {
      throw RequestException.invalid(
          image.field(),
          "The picture is %s pixels; model %s enlarges pictures of %s. Scale it to that first."
              .formatted(image.size(), model.name(), expected));
    }
    return image.colors();
  }
}
