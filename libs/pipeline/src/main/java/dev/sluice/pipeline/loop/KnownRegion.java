package dev.sluice.pipeline.loop;

import static dev.sluice.pipeline.request.TensorNames.IMAGE;
import static dev.sluice.pipeline.request.TensorNames.MASK;

import dev.sluice.diffusion.math.Resampling;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.request.DenoiseRequest;
import java.util.Arrays;

/**
 * What stays of a picture that is painted into: after every step the known part of the sample is
 * replaced by the original, noised to the level of the next step, and after the last by the
 * original itself (Lugmayr et al. 2022, "RePaint", equation 8, with diffusers' choice of one noise
 * for all steps).
 *
 * @param original the clean sample, {@code [pictures, channels, height, width]}
 * @param noise normal noise, in the sample's shape
 * @param mask 1 where the picture is painted, 0 where it is known, {@code [pictures, 1, height,
 *     width]}
 */
public record KnownRegion(
    HostTensor.Floats original, HostTensor.Floats noise, HostTensor.Floats mask) {

  /**
   * The masks of a request at the resolution of samples.
   *
   * @param downscale pixels per value and side
   * @return {@code [pictures, 1, height, width]}
   * @throws IllegalArgumentException if they do not cover the request's pictures
   */
  public static HostTensor.Floats masks(DenoiseRequest request, int downscale) {
    HostTensor.Floats masks = request.batch(MASK);
    int[] shape = masks.shape();
    int[] picture = request.batch(IMAGE).shape();
    if (shape.length != 4 || shape[1] != 1 || shape[2] != picture[2] || shape[3] != picture[3]) {
      throw new IllegalArgumentException(
          "the mask has the shape %s; expected [1, 1, %d, %d], as large as the picture"
              .formatted(Arrays.toString(shape), picture[2], picture[3]));
    }
    if (shape[2] % downscale != 0 || shape[3] % downscale != 0) {
      throw new IllegalArgumentException(
          "the picture has %d x %d pixels; to be painted into, both must be multiples of %d"
              .formatted(shape[3], shape[2], downscale));
    }
    int height = shape[2] / downscale;
    int width = shape[3] / downscale;
    float[] values =
        Resampling.NEAREST.resize(masks.values(), shape[0], shape[2], shape[3], height, width);
    return new HostTensor.Floats(values, shape[0], 1, height, width);
  }

  /**
   * A sample with its known part put back.
   *
   * @param sample as a step left it
   * @param next the index of the step to come; the plan's length after the last
   */
  float[] restore(float[] sample, SamplingPlan plan, int next) {
    float[] known =
        next < plan.length()
            ? plan.noised(next, original.values(), noise.values())
            : original.values();
    int[] shape = original.shape();
    int area = shape[2] * shape[3];
    float[] restored = new float[sample.length];
    for (int i = 0; i < sample.length; i++) {
      float painted = mask.values()[i / (shape[1] * area) * area + i % area];
      restored[i] = (1 - painted) * known[i] + painted * sample[i];
    }
    return restored;
  }
}
