package dev.sluice.planning.input;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.planning.request.GivenPicture;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.RequestedSize;
import dev.sluice.planning.request.SizeLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A picture that new ones begin with, and perhaps a mask that says where. */
record StartingPicture(
    ModelFolder model, SizeLimits limits, GivenPicture image, GenerationRequest request) {

  /**
   * What stages are given.
   *
   * @param others that are given as well
   * @throws RequestException if the picture or the mask cannot be used
   */
  RequestInputs inputs(Map<String, Tensor> others) {
    List<String> warnings = new ArrayList<>();
    ImageSize size = limits.fitted(model.name(), image, request);
    if (!size.equals(image.size())) {
      warnings.add(
          "The image of %s pixels was scaled to %s, a size that model %s makes."
              .formatted(image.size(), size, model.name()));
    } else if (isLarger(RequestedSize.of(request, size), size)) {
      warnings.add(
          "The pictures have the image's size of %s pixels: with an image, a size is an upper bound."
              .formatted(size));
    }
    others.put("image", image.scaledTo(size).colors());
    if (!request.getMask().isEmpty()) {
      GivenPicture mask = GivenPicture.read("mask", request.getMask().toByteArray());
      image.requireCoveredBy(mask);
      GivenPicture fitted = mask.asMask().scaledTo(size);
      check(fitted, warnings);
      others.put("mask", fitted.paint());
    }
    return new RequestInputs(others, Optional.of(size), warnings);
  }

  private static boolean isLarger(ImageSize asked, ImageSize size) {
    return asked.width() > size.width() || asked.height() > size.height();
  }

  private void check(GivenPicture mask, List<String> warnings) {
    if (mask.painted(1) == 0) {
      throw RequestException.invalid(
          "mask",
          "The mask paints nothing, so that the image would stay as it is: make white, or"
              + " transparent, what is to be painted.");
    }
    if (mask.painted(limits.scale()) == 0) {
      throw RequestException.invalid(
          "mask",
          "What the mask paints is too small for model %s, which sees one of %d x %d pixels."
              .formatted(model.name(), limits.scale(), limits.scale()));
    }
    if (mask.painted(1) == mask.pixels().argb().length) {
      warnings.add(
          "The mask paints all of the image: nothing of it stays. Black, or opaque, is what stays.");
    }
  }
}
