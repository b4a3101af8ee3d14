package dev.sluice.pipeline.loop;

import dev.sluice.catalog.SampleGrid;
import dev.sluice.diffusion.random.NoiseSource;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.Steps;
import java.util.Arrays;

/**
 * Where a denoise loop begins.
 *
 * @param step of the plan
 * @param sample {@code [pictures, channels, height, width]}, as noisy as it is at that step
 * @param appended channels that the network sees behind every sample; null for none
 * @param known what stays as it is in a picture that is painted into; null where all is painted
 */
public record Start(
    int step, HostTensor.Floats sample, HostTensor.Floats appended, KnownRegion known) {

  public Start(int step, HostTensor.Floats sample) {
    this(step, sample, null, null);
  }

  /** From pure noise. */
  public static Start fromNoise(SamplingPlan plan, NoiseSource noise, int... shape) {
    return new Start(0, new HostTensor.Floats(plan.initialSample(noise, shape), shape));
  }

  /**
   * From clean samples, noised to the level at which the request's strength begins (Meng et al.
   * 2022, "SDEdit"). With masks and all of the strength, from pure noise: what is painted then
   * knows nothing of what was there.
   *
   * @param masks 1 where the pictures are painted, {@code [pictures, 1, height, width]}; null if
   *     all of them is
   */
  public static Start fromPicture(
      DenoiseRequest request,
      SamplingPlan plan,
      HostTensor.Floats clean,
      HostTensor.Floats masks,
      TorchGenerator generator) {
    int[] shape = clean.shape();
    float[] noise = generator.randn(clean.values().length);
    KnownRegion known =
        masks == null ? null : new KnownRegion(clean, new HostTensor.Floats(noise, shape), masks);
    if (known != null && request.span().strength() == 1) {
      // A plan scales what it is given; what is known takes noise as it was.
      float[] pure = plan.initialSample(count -> noise.clone(), shape);
      return new Start(0, new HostTensor.Floats(pure, shape), null, known);
    }
    int step = Steps.skippedByStrength(plan, request);
    float[] noisy = plan.noised(step, clean.values(), noise);
    return new Start(step, new HostTensor.Floats(noisy, shape), null, known);
  }

  /** The channels behind one picture's sample; null for none. */
  public HostTensor.Floats appended(int picture) {
    return appended == null ? null : appended.row(picture);
  }

  public Start appending(HostTensor.Floats channels) {
    return new Start(step, sample, channels, known);
  }

  public Start keeping(KnownRegion region) {
    return new Start(step, sample, appended, region);
  }

  /**
   * Refuses what the network cannot work on.
   *
   * @param channels of a sample
   * @throws IllegalArgumentException if the sample has other extents or channels, or what goes
   *     beside it has others than it
   */
  public void requireWorkable(int channels, SampleGrid grid) {
    int[] shape = sample.shape();
    if (shape.length != 4 || shape[1] != channels) {
      throw new IllegalArgumentException(
          "the sample has the shape %s; expected [1, %d, height, width]"
              .formatted(Arrays.toString(shape), channels));
    }
    if (!grid.takes(shape[2]) || !grid.takes(shape[3])) {
      throw new IllegalArgumentException(
          "a sample of %d x %d values; both sides must be %s".formatted(shape[3], shape[2], grid));
    }
    if (known != null) {
      requireExtents("the picture that is painted into", known.original());
      requireExtents("the mask", known.mask());
    }
    if (appended != null) {
      requireExtents("what stands beside the sample", appended);
    }
  }

  private void requireExtents(String what, HostTensor.Floats tensor) {
    int[] own = sample.shape();
    int[] found = tensor.shape();
    if (found[2] != own[2] || found[3] != own[3]) {
      throw new IllegalArgumentException(
          "%s has %d x %d values; the sample has %d x %d"
              .formatted(what, found[3], found[2], own[3], own[2]));
    }
  }
}
