package dev.sluice.pipeline.upscale;

import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.request.Sampling;
import java.util.List;
import java.util.Optional;

/** The last stage of models that denoise pictures themselves: there is nothing left to do. */
public final class FinishedPicture implements UpscalerEngine {

  @Override
  public HostTensor.Floats upscale(
      HostTensor.Floats sample,
      List<Sampling> samplings,
      Optional<PaintedPicture> painted,
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
