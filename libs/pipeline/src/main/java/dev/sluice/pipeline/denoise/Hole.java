package dev.sluice.pipeline.denoise;

import static dev.sluice.pipeline.request.TensorNames.IMAGE;
import static dev.sluice.pipeline.request.TensorNames.MASK;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;

/**
 * What a network that was trained to paint into pictures sees behind the sample's channels: the
 * mask, and the picture with a hole (Nichol et al. 2021, section 4.3; Rombach et al. 2022, section
 * 4.5), in diffusers' order.
 */
final class Hole {

  private Hole() {}

  /** A request's pictures, grey where they are to be painted. */
  static HostTensor.Floats in(DenoiseRequest request) {
    HostTensor.Floats pictures = request.batch(IMAGE);
    float[] masks = request.batch(MASK).values();
    int[] shape = pictures.shape();
    int area = shape[2] * shape[3];
    float[] values = pictures.values().clone();
    for (int i = 0; i < values.length; i++) {
      if (masks[i / (shape[1] * area) * area + i % area] >= 0.5f) {
        values[i] = 0;
      }
    }
    return new HostTensor.Floats(values, shape);
  }

  /**
   * The channels that are seen.
   *
   * @param masks 1 where a picture is painted, {@code [pictures, 1, height, width]}
   * @param holed the pictures with their holes, or latents of them
   */
  static HostTensor.Floats seen(HostTensor.Floats masks, HostTensor.Floats holed) {
    List<HostTensor.Floats> seen = new ArrayList<>();
    for (int picture = 0; picture < masks.shape()[0]; picture++) {
      seen.add(Tensors.channels(masks.row(picture), holed.row(picture)));
    }
    return Tensors.batch(seen);
  }
}
