package dev.sluice.pipeline.denoise;

import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.pipeline.request.DenoiseRequest;

/**
 * The stage of a model that makes the sample of a picture, step by step. Safe for use by several
 * threads at once, which then share network calls.
 */
public interface DenoiserEngine extends StageEngine {

  /**
   * Samples.
   *
   * @param generator the random numbers, drawn from
   * @return {@code [pictures, channels, height, width]}: pictures in [-1, 1], or what the model's
   *     autoencoder decodes: latents, unscaled as the denoiser has them, or codes
   * @throws IllegalArgumentException if the model cannot do what is asked
   */
  HostTensor.Floats denoise(DenoiseRequest request, TorchGenerator generator, StepListener listener)
      throws InterruptedException;

  /**
   * The noise from which DDIM, over the same timesteps, makes pictures that are there, under the
   * same conditions (Ramesh et al. 2022, section 3: what of a picture its embedding does not say).
   *
   * @param request with the pictures among its inputs, and the embeddings of them
   * @return {@code [pictures, channels, height, width]}
   * @throws IllegalArgumentException if the model cannot do what is asked
   */
  HostTensor.Floats invert(DenoiseRequest request, TorchGenerator generator, StepListener listener)
      throws InterruptedException;

  /** What unfinished samples look like. */
  Previews previews();
}
