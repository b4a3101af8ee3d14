package dev.sluice.pipeline.denoise;

import static dev.sluice.pipeline.request.TensorNames.IMAGE;
import static dev.sluice.pipeline.request.TensorNames.MASK;

import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.loop.KnownRegion;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.model.SampleSpace;
import dev.sluice.pipeline.request.DenoiseRequest;

/** How a model of pixels starts from a picture, which is a clean sample as it is. */
final class PixelStart {

  private PixelStart() {}

  /**
   * The start of a request that comes with a picture.
   *
   * @throws IllegalArgumentException if that has not the size of the pictures to be made
   */
  static Start fromPicture(
      SampleSpace space, DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    HostTensor.Floats picture = request.batch(IMAGE);
    int[] given = picture.shape();
    int[] made = space.shape(request.pictures(), request.height(), request.width());
    if (given[2] != made[2] || given[3] != made[3] || given[1] != made[1]) {
      throw new IllegalArgumentException(
          "the picture given has %d channels and %d x %d pixels; expected %d and %d x %d, as are made"
              .formatted(given[1], given[3], given[2], made[1], made[3], made[2]));
    }
    HostTensor.Floats masks = request.has(MASK) ? KnownRegion.masks(request, 1) : null;
    return Start.fromPicture(request, plan, picture, masks, generator);
  }
}
