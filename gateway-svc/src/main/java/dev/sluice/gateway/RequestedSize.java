package dev.sluice.gateway;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.GenerationRequest;

/** The pixels that a request asks for; 0 stands for the model's own. */
final class RequestedSize {

  private static final int LARGEST_SIDE = 2048;

  private RequestedSize() {}

  /** The size of the picture that will be made. */
  static ImageSize of(GenerationRequest request, ImageSize natural) {
    return new ImageSize(
        request.getWidth() == 0 ? natural.width() : request.getWidth(),
        request.getHeight() == 0 ? natural.height() : request.getHeight());
  }

  /**
   * Checks a size for a model that makes one only.
   *
   * @throws RequestException if the request asks for another one
   */
  static void requireNatural(ModelFolder model, ImageSize natural, GenerationRequest request) {
    if (!of(request, natural).equals(natural)) {
      throw RequestException.invalid(
          "size",
          "Size %sx%s is not what model %s makes: it makes %s only. Leave the size out or ask for that."
              .formatted(
                  Integer.toUnsignedString(request.getWidth()),
                  Integer.toUnsignedString(request.getHeight()),
                  model.name(),
                  natural));
    }
  }

  /**
   * Checks a size for a model that makes many.
   *
   * @param cell the sides are multiples of this
   * @throws RequestException if the request asks for something in between, or more than is made
   */
  static void requireMultipleOf(int cell, ModelFolder model, GenerationRequest request) {
    requireMultipleOf(cell, model, "width", request.getWidth());
    requireMultipleOf(cell, model, "height", request.getHeight());
  }

  private static void requireMultipleOf(int cell, ModelFolder model, String field, int pixels) {
    if (Integer.remainderUnsigned(pixels, cell) != 0
        || Integer.compareUnsigned(pixels, LARGEST_SIDE) > 0) {
      throw RequestException.invalid(
          field,
          "The %s is %s pixels; model %s needs a multiple of %d up to %d."
              .formatted(
                  field, Integer.toUnsignedString(pixels), model.name(), cell, LARGEST_SIDE));
    }
  }
}
