package dev.sluice.pipeline.upscale;

import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.guidance.Condition;
import dev.sluice.pipeline.guidance.Guidance;
import dev.sluice.pipeline.guidance.GuidanceInterval;
import dev.sluice.pipeline.loop.DenoiseLoop;
import dev.sluice.pipeline.loop.LowResolution;
import dev.sluice.pipeline.loop.Start;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.loop.StepProgram;
import dev.sluice.pipeline.tensor.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One enlargement: the picture is brought to the new size by bicubic interpolation, and a network
 * that sees it beside the noisy sample, channel by channel, denoises a sharp one (Saharia et al.
 * 2021, "Image Super-Resolution via Iterative Refinement", section 2.3).
 *
 * @param size height and width of the result, in pixels
 * @param channels of the picture
 * @param network for every step but the last
 * @param lastStep for the last step; may be {@code network}
 * @param noising puts noise on the given picture, of a level that the networks are told; null where
 *     they are told none
 */
record SuperResolution(
    int size, int channels, StepBatcher network, StepBatcher lastStep, LowResolution noising) {

  /**
   * Enlarges pictures that share one generator.
   *
   * @param pictures {@code [pictures, channels, height, width]}
   * @param noiseLevel the timestep of the noise that is put on them; 0 for none
   * @param painted what stays as it is in the large pictures
   * @throws IllegalArgumentException if the networks do not know such noise
   */
  HostTensor.Floats enlarge(
      HostTensor.Floats pictures,
      SamplingPlan plan,
      int noiseLevel,
      Optional<PaintedPicture> painted,
      TorchGenerator generator,
      StepListener listener)
      throws InterruptedException {
    HostTensor.Floats blurred =
        Samples.resize(noiseLevel == 0 ? pictures : noised(pictures, noiseLevel, generator), size);
    Map<String, HostTensor> told =
        noising == null
            ? Map.of()
            : Map.of("class_labels", new HostTensor.Longs(new long[] {noiseLevel}, 1));
    int count = blurred.shape()[0];
    List<Guidance> guidance = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      guidance.add(Guidance.none(new Condition(Condition.Ports.UNET, told, blurred.row(i))));
    }
    Start start = start(count, plan, painted, generator);
    StepProgram program =
        StepProgram.of(guidance, GuidanceInterval.ALL)
            .asking(step -> step < plan.length() - 1 ? network : lastStep);
    DenoiseLoop loop = DenoiseLoop.startAt(plan, start, program, generator, listener);
    network.run(loop);
    return loop.sample();
  }

  private Start start(
      int count, SamplingPlan plan, Optional<PaintedPicture> painted, TorchGenerator generator) {
    int[] shape = {count, channels, size, size};
    float[] noise = generator.randn(count * channels * size * size);
    Start start = Start.fromNoise(plan, values -> noise.clone(), shape);
    return painted
        .map(picture -> start.keeping(picture.at(size, new HostTensor.Floats(noise, shape))))
        .orElse(start);
  }

  private HostTensor.Floats noised(
      HostTensor.Floats pictures, int noiseLevel, TorchGenerator generator) {
    if (noising == null) {
      throw new IllegalArgumentException(
          ("noise_level is %d, but the networks of this model take pictures without noise; leave it"
                  + " out")
              .formatted(noiseLevel));
    }
    return noising.noised(pictures, noiseLevel, generator);
  }
}
