package dev.sluice.pipeline.embed;

import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.request.TextEmbedding;
import java.util.List;

/**
 * Samples the embedding of a picture that would go with a text (Ramesh et al. 2022, section 2.2).
 */
public interface Prior extends StageEngine {

  /**
   * Samples the embeddings of several pictures that share one generator, as a batch does in
   * diffusers.
   *
   * @param texts what the pictures shall show
   * @param negatives what they shall not show, or the empty text; as many as texts, not used at
   *     guidance scales up to 1
   * @param generator the image's random numbers, drawn from
   * @return {@code [texts, width]}, in the scale of the text encoder's embeddings
   * @throws IllegalArgumentException if this prior cannot sample so
   */
  HostTensor.Floats sample(
      List<TextEmbedding> texts,
      List<TextEmbedding> negatives,
      Sampling sampling,
      TorchGenerator generator,
      StepListener listener)
      throws InterruptedException;
}
