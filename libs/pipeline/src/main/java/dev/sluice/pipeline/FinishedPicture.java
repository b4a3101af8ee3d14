package dev.sluice.pipeline;

import dev.sluice.diffusion.TorchGenerator;
import dev.sluice.networks.graph.HostTensor;
import java.util.List;

/** The last stage of models that denoise pictures themselves: there is nothing left to do. */
final class FinishedPicture implements UpscalerEngine {

  @Override
  public HostTensor.Floats upscale(
      HostTensor.Floats sample,
      List<Sampling> samplings,
      TorchGenerator generator,
      StepListener listener) {
    return sample;
  }

  @Override
  public void warmUp() {}

  @Override
  public List<StepBatcher> batchers() {
    return List.of();
  }

  @Override
  public void close() {}
}
