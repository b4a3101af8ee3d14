package dev.sluice.pipeline;

import dev.sluice.diffusion.Resampling;
import dev.sluice.networks.graph.HostTensor;

/** What happens to samples between stages. */
final class Samples {

  private Samples() {}

  /** Every value brought into [-1, 1]. */
  static HostTensor.Floats clamp(HostTensor.Floats sample) {
    float[] values = sample.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(-1, Math.min(1, values[i]));
    }
    return new HostTensor.Floats(values, sample.shape());
  }

  /** Pictures {@code [pictures, channels, height, width]} brought to {@code size} squared. */
  static HostTensor.Floats resize(HostTensor.Floats pictures, int size) {
    int[] shape = pictures.shape();
    float[] values =
        Resampling.BICUBIC_ANTIALIAS.resize(
            pictures.values(), shape[0] * shape[1], shape[2], shape[3], size, size);
    return new HostTensor.Floats(values, shape[0], shape[1], size, size);
  }
}
