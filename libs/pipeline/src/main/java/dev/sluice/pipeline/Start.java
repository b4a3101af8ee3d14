package dev.sluice.pipeline;

import dev.sluice.diffusion.SamplingPlan;
import dev.sluice.diffusion.TorchGenerator;
import dev.sluice.networks.graph.HostTensor;

/**
 * Where a denoise loop begins.
 *
 * @param step of the plan
 * @param sample {@code [pictures, channels, height, width]}, as noisy as it is at that step
 * @param appended channels that the network sees behind every sample; null for none
 */
record Start(int step, HostTensor.Floats sample, HostTensor.Floats appended) {

  Start(int step, HostTensor.Floats sample) {
    this(step, sample, null);
  }

  /** From pure noise. */
  static Start fromNoise(SamplingPlan plan, TorchGenerator generator, int... shape) {
    return new Start(0, new HostTensor.Floats(plan.initialSample(generator, shape), shape));
  }

  /** From a clean sample, noised to the level of a step (Meng et al. 2022, "SDEdit"). */
  static Start fromSample(
      SamplingPlan plan, int step, HostTensor.Floats clean, TorchGenerator generator) {
    float[] noise = generator.randn(clean.values().length);
    float[] noisy = plan.addNoise(clean.values(), noise, plan.timestep(step));
    return new Start(step, new HostTensor.Floats(noisy, clean.shape()));
  }

  Start appending(HostTensor.Floats channels) {
    return new Start(step, sample, channels);
  }
}
