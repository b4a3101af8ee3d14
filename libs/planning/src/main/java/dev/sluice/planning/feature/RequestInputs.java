package dev.sluice.planning.feature;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.planning.family.EmbeddingRoute;
import dev.sluice.planning.family.PipelinePlanner;
import dev.sluice.planning.request.GivenPicture;
import dev.sluice.planning.request.ImageSize;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.RequestedSize;
import dev.sluice.planning.request.SizeLimits;
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
  public static RequestInputs of(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    if (request.hasClassLabel()) {
      inputs.put("class_label", TensorMessages.of(new long[] {request.getClassLabel()}, 1));
    }
    if (request.getInterpolation().hasImage()) {
      byte[] end = request.getInterpolation().getImage().toByteArray();
      inputs.put(EmbeddingRoute.END_IMAGE, GivenPicture.read("interpolation.image", end).colors());
    }
    if (request.getImage().isEmpty()) {
      return new RequestInputs(inputs, Optional.empty(), List.of());
    }
    GivenPicture image = GivenPicture.read("image", request.getImage().toByteArray());
    if (request.getUpscale()) {
      inputs.put(SAMPLE, Enlargement.input(model, planner, image));
      return new RequestInputs(inputs, Optional.empty(), List.of());
    }
    Optional<SizeLimits> limits = planner.limitsOfPictures(model);
    if (limits.isEmpty()) {
      planner.checkEnlarged(model, image);
      inputs.put("image", image.colors());
      Optional<ImageSize> size = planner.sizeFrom(model, image);
      size.ifPresent(made -> requireAsked(model, made, request));
      return new RequestInputs(inputs, size, List.of());
    }
    return new StartingPicture(model, limits.get(), image, request).inputs(inputs);
  }

  private static void requireAsked(ModelFolder model, ImageSize made, GenerationRequest request) {
    if (!RequestedSize.of(request, made).equals(made)) {
      throw RequestException.invalid(
          "size",
          "Model %s makes %s pixels of this image; leave the size out, or ask for that."
              .formatted(model.name(), made));
    }
  }
}
