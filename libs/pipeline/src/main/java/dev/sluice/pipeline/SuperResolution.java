package dev.sluice.pipeline;

import dev.sluice.diffusion.SamplingPlan;
import dev.sluice.diffusion.TorchGenerator;
import dev.sluice.networks.graph.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One enlargement: the picture is brought to the new size by bicubic interpolation, and a network
 * that sees it beside the noisy sample, channel by channel, denoises a sharp one (Saharia et al.
 * 2021, "Image Super-Resolution via Iterative Refinement", section 2.3).
 *
 * @param size height and width of the result, in pixels
 * @param channels of the picture
 * @param network for every step but the last
 * @param lastStep for the last step; may be {@code network}
 * @param noiseLevel whether the networks are told how much noise the given picture carries
 */
record SuperResolution(
    int size, int channels, StepBatcher network, StepBatcher lastStep, boolean noiseLevel) {

  /** What the networks are told of pictures that carry no noise, as at inference they do not. */
  private static final HostTensor.Longs CLEAN = new HostTensor.Longs(new long[1], 1);

  /**
   * Enlarges pictures that share one generator.
   *
   * @param pictures {@code [pictures, channels, height, width]}
   */
  HostTensor.Floats enlarge(
      HostTensor.Floats pictures,
      SamplingPlan plan,
      TorchGenerator generator,
      StepListener listener)
      throws InterruptedException {
    HostTensor.Floats blurred = Samples.resize(pictures, size);
    int count = blurred.shape()[0];
    List<Guidance> guidance = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      guidance.add(
          Guidance.none(
              new Condition(
                  Condition.Ports.UNET,
                  noiseLevel ? Map.of("class_labels", CLEAN) : Map.of(),
                  blurred.row(i))));
    }
    Start start = Start.fromNoise(plan, generator, count, channels, size, size);
    DenoiseLoop loop =
        DenoiseLoop.startAt(plan, start, guidance, GuidanceInterval.ALL, generator, listener);
    network.run(loop.until(plan.length() - 1));
    lastStep.run(loop);
    return loop.sample();
  }
}
