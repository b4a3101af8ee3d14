package dev.sluice.planning.input;

import dev.sluice.catalog.Ability;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.planning.feature.Asked;
import dev.sluice.planning.feature.Interpolated;
import dev.sluice.planning.request.GivenPicture;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.SizeLimits;
import dev.sluice.planning.route.Sizes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What comes with a request besides words and numbers.
 *
 * @param tensors what the first stage is given, by the names that stages use
 * @param size of the pictures to be made where a given one decides it
 * @param warnings what the caller should know of how it was taken
 */
public record RequestInputs(
    Map<String, Tensor> tensors, Optional<ImageSize> size, List<String> warnings) {

  /** What a denoiser leaves and an upscaler takes. */
  private static final String SAMPLE = "sample";

  /**
   * Reads them.
   *
   * @throws RequestException if a picture among them cannot be used
   */
  public static RequestInputs of(Asked asked) {
    GenerationRequest request = asked.request();
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    if (request.hasClassLabel()) {
      inputs.put("class_label", TensorMessages.of(new long[] {request.getClassLabel()}, 1));
    }
    if (request.getInterpolation().hasImage()) {
      byte[] end = request.getInterpolation().getImage().toByteArray();
      inputs.put(Interpolated.END_IMAGE, GivenPicture.read("interpolation.image", end).colors());
    }
    if (request.getImage().isEmpty()) {
      return new RequestInputs(inputs, Optional.empty(), List.of());
    }
    GivenPicture image = GivenPicture.read("image", request.getImage().toByteArray());
    if (request.getUpscale()) {
      inputs.put(SAMPLE, PictureToEnlarge.finished(asked.model(), image).colors());
      return new RequestInputs(inputs, Optional.empty(), List.of());
    }
    boolean painted = asked.can(Ability.EMBEDDING_PAINTING) && !request.getMask().isEmpty();
    if (painted || asked.can(Ability.PICTURE_START)) {
      SizeLimits limits = Sizes.limits(asked.model());
      return new StartingPicture(asked.model(), limits, image, request).inputs(inputs);
    }
    inputs.put("image", image.colors());
    return new RequestInputs(
        inputs, PictureToEnlarge.sizeMade(asked.model(), image, request), List.of());
  }
}
