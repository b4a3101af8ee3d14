package dev.sluice.pipeline.guidance;

import dev.sluice.networks.tensor.HostTensor;

/** The guidance scale as distilled networks are told it (Meng et al. 2023, section 3.1). */
public final class GuidanceEmbedding {

  private GuidanceEmbedding() {}

  /** Sines and cosines of 1000 (scale - 1), {@code [1, width]}. */
  public static HostTensor.Floats of(double scale, int width) {
    int half = width / 2;
    float[] values = new float[width];
    for (int i = 0; i < half; i++) {
      double angle = 1000 * (scale - 1) * Math.exp(-Math.log(10_000) * i / (half - 1));
      values[i] = (float) Math.sin(angle);
      values[half + i] = (float) Math.cos(angle);
    }
    return new HostTensor.Floats(values, 1, width);
  }
}
