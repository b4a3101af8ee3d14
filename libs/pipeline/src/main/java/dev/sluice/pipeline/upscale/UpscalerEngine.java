package dev.sluice.pipeline.upscale;

import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.pipeline.request.Sampling;
import java.util.List;
import java.util.Optional;

/**
 * The last stage: makes what the denoiser left into the final picture, by networks that enlarge it
 * or by the decoder of the latent space. Safe for use by several threads at once.
 */
public interface UpscalerEngine extends StageEngine {

  /** {@link #upscale} of pictures that are new all over. */
  default HostTensor.Floats upscale(
      HostTensor.Floats sample,
      List<Sampling> samplings,
      TorchGenerator generator,
      StepListener listener)
      throws InterruptedException {
    return upscale(sample, samplings, Optional.empty(), generator, listener);
  }

  /**
   * Makes pictures.
   *
   * @param sample {@code [pictures, channels, height, width]}: pictures in [-1, 1] or latents, as
   *     the model's denoiser gives them
   * @param samplings for each enlargement in order, of models whose networks enlarge by denoising;
   *     their guidance scales have no effect
   * @param painted what stays of a picture of which a part is made anew, by those networks
   * @param generator the random numbers, drawn from
   * @return {@code [pictures, channels, height, width]}; values may lie a little outside of [-1, 1]
   */
  HostTensor.Floats upscale(
      HostTensor.Floats sample,
      List<Sampling> samplings,
      Optional<PaintedPicture> painted,
      TorchGenerator generator,
      StepListener listener)
      throws InterruptedException;
}
