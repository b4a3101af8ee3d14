package dev.sluice.gateway;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.contract.Tensors;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the first stage is given besides its parameters: tensors by the names that stages use. */
final class RequestInputs {

  /** What a denoiser leaves and an upscaler takes. */
  private static final String SAMPLE = "sample";

  private RequestInputs() {}

  /**
   * The tensors that come from the request itself.
   *
   * @throws RequestException if a picture among them cannot be used
   */
  static Map<String, Tensor> of(
      ModelFolder model, PipelinePlanner planner, GenerationRequest request) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    if (request.hasClassLabel()) {
      inputs.put("class_label", Tensors.of(new long[] {request.getClassLabel()}, 1));
    }
    if (!request.getImage().isEmpty()) {
      GivenPicture image = GivenPicture.read("image", request.getImage().toByteArray());
      if (request.getUpscale()) {
        inputs.put(SAMPLE, Enlargement.input(model, planner, image));
        return inputs;
      }
      inputs.put("image", image.colors());
      if (!request.getMask().isEmpty()) {
        GivenPicture mask = GivenPicture.read("mask", request.getMask().toByteArray());
        image.requireCoveredBy(mask);
        inputs.put("mask", mask.lightness());
      }
    }
    if (request.getInterpolation().hasImage()) {
      byte[] end = request.getInterpolation().getImage().toByteArray();
      inputs.put(EmbeddingRoute.END_IMAGE, GivenPicture.read("interpolation.image", end).colors());
    }
    return inputs;
  }
}
