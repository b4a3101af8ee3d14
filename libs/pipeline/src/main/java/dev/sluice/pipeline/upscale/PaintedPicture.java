package dev.sluice.pipeline.upscale;

import dev.sluice.diffusion.math.Resampling;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.loop.KnownRegion;
import dev.sluice.pipeline.tensor.Samples;
import java.util.Arrays;

/**
 * A finished picture of which a part is made anew, so that enlargements leave the rest as it is.
 *
 * @param original {@code [pictures, channels, height, width]} in [-1, 1]
 * @param mask 1 where it is painted, 0 where it stays, {@code [pictures, 1, height, width]}
 */
public record PaintedPicture(HostTensor.Floats original, HostTensor.Floats mask) {

  public PaintedPicture {
    int[] picture = original.shape();
    int[] painted = mask.shape();
    if (picture.length != 4
        || painted.length != 4
        || painted[0] != picture[0]
        || painted[1] != 1
        || painted[2] != picture[2]
        || painted[3] != picture[3]) {
      throw new IllegalArgumentException(
          "a mask of shape %s for a picture of shape %s; expected [pictures, 1, height, width] of [pictures, channels, height, width]"
              .formatted(Arrays.toString(painted), Arrays.toString(picture)));
    }
  }

  /**
   * What stays of it at another size.
   *
   * @param size height and width in pixels
   * @param noise normal noise, {@code [pictures, channels, size, size]}
   */
  KnownRegion at(int size, HostTensor.Floats noise) {
    int[] shape = mask.shape();
    boolean same = shape[2] == size && shape[3] == size;
    float[] painted =
        Resampling.NEAREST.resize(mask.values(), shape[0], shape[2], shape[3], size, size);
    return new KnownRegion(
        same ? original : Samples.resize(original, size),
        noise,
        new HostTensor.Floats(painted, shape[0], 1, size, size));
  }
}
