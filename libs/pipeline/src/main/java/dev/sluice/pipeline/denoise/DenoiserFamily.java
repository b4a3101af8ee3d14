package dev.sluice.pipeline.denoise;

import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.model.SampleSpace;
import dev.sluice.pipeline.request.DenoiseRequest;
import java.util.Map;

/**
 * What is particular to a family of models at the denoising stage: how samples start and what
 * conditions the network. Safe for use by several threads at once.
 */
public interface DenoiserFamily extends AutoCloseable {

  /** The network that denoises, with what it was trained on. */
  Trained trained();

  /** What samples are like. */
  default SampleSpace space() {
    return trained().space();
  }

  /** Whether it makes a given picture larger, which can be told of noise on that. */
  default boolean enlarges() {
    return false;
  }

  /** How many tokens a picture is to a network whose noise levels go by that; 0 for others. */
  default int tokens(DenoiseRequest request) {
    return 0;
  }

  /**
   * The sample to begin with, and what goes beside it; draws from {@code generator} in diffusers'
   * order.
   */
  default Start start(DenoiseRequest request, SamplingPlan plan, TorchGenerator generator) {
    int[] shape = space().shape(request.pictures(), request.height(), request.width());
    return Start.fromNoise(plan, request.noise(generator), shape);
  }

  /**
   * The pictures of a request as clean samples, to be inverted.
   *
   * @return {@code [pictures, channels, height, width]}
   * @throws IllegalArgumentException if this model has no way back from pictures
   */
  default HostTensor.Floats clean(DenoiseRequest request) {
    throw new IllegalArgumentException(
        "this model does not invert pictures; those that start from picture embeddings do");
  }

  /** How the network is asked about one picture. */
  Guidance guidance(DenoiseRequest request, int picture, Start start);

  /** The finished sample: a latent as it is, a picture cut to [-1, 1]. */
  default HostTensor.Floats finish(HostTensor.Floats sample) {
    return sample;
  }

  /** Inputs of a picture that shows nothing, to warm up with. */
  Map<String, HostTensor> example();

  /** Frees its networks. */
  @Override
  default void close() {
    trained().close();
  }
}
