package dev.sluice.trainer.lineage;

import dev.sluice.catalog.Config;
import dev.sluice.networks.graph.GraphWork;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.unet.UNet2DConditionModel;
import java.util.Map;

/** What a UNet that is told a text computes, by which arms are given steps of equal cost. */
final class UnetWork {

  private UnetWork() {}

  /**
   * Of one call for one picture.
   *
   * @param unet its config
   * @param tokens of the text
   * @param width of a token
   * @return floating-point operations, two for each multiplication
   */
  static double of(Config unet, int tokens, int width) {
    int side = unet.integer("sample_size");
    int channels = unet.integer("in_channels");
    return GraphWork.of(
        new UNet2DConditionModel(unet),
        Map.of(
            "sample",
            new HostTensor.Floats(new float[channels * side * side], 1, channels, side, side),
            "timestep",
            new HostTensor.Floats(new float[1], 1),
            "encoder_hidden_states",
            new HostTensor.Floats(new float[tokens * width], 1, tokens, width)));
  }

  /** Steps that cost as much as so many of another network. */
  static int steps(int others, double othersWork, double work) {
    return Math.max(1, (int) Math.round(others * othersWork / work));
  }
}
