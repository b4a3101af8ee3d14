package dev.sluice.pipeline.upscale;

import dev.sluice.catalog.ConditioningNoise;
import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.graph.Network;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.batch.RowNetwork;
import dev.sluice.pipeline.batch.StepBatcher;
import dev.sluice.pipeline.loop.LowResolution;
import dev.sluice.pipeline.loop.StepListener;
import dev.sluice.pipeline.model.Closer;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.request.Sampling;
import dev.sluice.pipeline.tensor.Samples;
import dev.sluice.pipeline.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * unCLIP's super-resolution (Ramesh et al. 2022, section 2.1). A checkpoint has two networks,
 * {@code super_res_first} and {@code super_res_last}, and there are two ways to use them, told
 * apart by their {@code sample_size}:
 *
 * <ul>
 *   <li>equal sizes: Karlo's and diffusers' way. There is one enlargement, in which {@code
 *       super_res_last} makes the last step and {@code super_res_first} all others;
 *   <li>{@code super_res_last} the larger: the paper's way. There are two enlargements in a row,
 *       the first to the size of {@code super_res_first}, the second from there to that of {@code
 *       super_res_last}, each with a schedule of its own.
 * </ul>
 *
 * <p>Safe for use by several threads at once, which then share network calls.
 */
public final class SuperResolutionCascade implements UpscalerEngine {

  private static final String FIRST = "super_res_first";
  private static final String LAST = "super_res_last";

  private static final int WARM_UP_STEPS = 2;

  private final SchedulerConfig scheduler;
  private final List<Network> networks;
  private final List<StepBatcher> batchers;
  private final List<SuperResolution> enlargements;
  private final int channels;

  private SuperResolutionCascade(ModelFolder model, BatchLimit limit) {
    this.scheduler = model.scheduler("super_res_scheduler");
    Config firstConfig = model.config(FIRST);
    Config lastConfig = model.config(LAST);
    this.channels = firstConfig.integer("in_channels", 6) / 2;
    requireNotSmaller(firstConfig, lastConfig);
    try (Closer closer = new Closer()) {
      Network first = closer.opened(Components.network(model, FIRST));
      Network last = closer.opened(Components.network(model, LAST));
      this.networks = List.of(first, last);
      this.batchers =
          List.of(
              new StepBatcher(model.name() + "/" + FIRST, RowNetwork.of(first), limit),
              new StepBatcher(model.name() + "/" + LAST, RowNetwork.of(last), limit));
      closer.handOver();
    }
    this.enlargements = enlargements(model, firstConfig, lastConfig);
  }

  /** Loads the super-resolution networks of a model. */
  public static SuperResolutionCascade load(ModelFolder model, BatchLimit limit) {
    return new SuperResolutionCascade(model, limit);
  }

  private static void requireNotSmaller(Config first, Config last) {
    int firstSize = first.integer("sample_size");
    int lastSize = last.integer("sample_size");
    if (lastSize < firstSize) {
      throw new IllegalArgumentException(
          "%s: sample_size is %d; expected at least the %d of %s"
              .formatted(last.origin(), lastSize, firstSize, FIRST));
    }
  }

  private List<SuperResolution> enlargements(ModelFolder model, Config first, Config last) {
    LowResolution firstNoising = noising(model, FIRST);
    int firstSize = first.integer("sample_size");
    int lastSize = last.integer("sample_size");
    StepBatcher firstBatcher = batchers.get(0);
    StepBatcher lastBatcher = batchers.get(1);
    if (lastSize == firstSize) {
      return List.of(
          new SuperResolution(firstSize, channels, firstBatcher, lastBatcher, firstNoising));
    }
    return List.of(
        new SuperResolution(firstSize, channels, firstBatcher, firstBatcher, firstNoising),
        new SuperResolution(lastSize, channels, lastBatcher, lastBatcher, noising(model, LAST)));
  }

  /** Null for a network that takes pictures without noise. */
  private LowResolution noising(ModelFolder model, String network) {
    OptionalInt highest = ConditioningNoise.highest(model, network);
    return highest.isPresent() ? new LowResolution(scheduler, 0, highest.getAsInt()) : null;
  }

  /** If there are fewer samplings than enlargements, the last serves for the rest. */
  @Override
  public HostTensor.Floats upscale(
      HostTensor.Floats picture,
      List<Sampling> samplings,
      Optional<PaintedPicture> painted,
      TorchGenerator generator,
      StepListener listener)
      throws InterruptedException {
    requirePicture(picture);
    List<Sampling> own = forEach(samplings);
    List<SamplingPlan> plans = own.stream().map(sampling -> sampling.plan(scheduler)).toList();
    int steps = plans.stream().mapToInt(SamplingPlan::length).sum();
    HostTensor.Floats enlarged = picture;
    int stepsBefore = 0;
    for (int i = 0; i < enlargements.size(); i++) {
      if (i > 0) {
        enlarged = Samples.clamp(enlarged);
      }
      StepListener part = listener.within(stepsBefore, steps);
      int noiseLevel = own.get(i).noiseLevel().orElse(0);
      enlarged =
          enlargements.get(i).enlarge(enlarged, plans.get(i), noiseLevel, painted, generator, part);
      stepsBefore += plans.get(i).length();
    }
    return enlarged;
  }

  private List<Sampling> forEach(List<Sampling> samplings) {
    if (samplings.isEmpty()) {
      throw new IllegalArgumentException("an enlargement needs to be told its number of steps");
    }
    samplings.forEach(sampling -> sampling.guidance().requireUnsteered("enlargement"));
    samplings.forEach(sampling -> sampling.requireUncached("enlargement"));
    List<Sampling> own = new ArrayList<>();
    for (int i = 0; i < enlargements.size(); i++) {
      own.add(samplings.get(Math.min(i, samplings.size() - 1)));
    }
    return own;
  }

  private void requirePicture(HostTensor.Floats picture) {
    int[] shape = picture.shape();
    if (shape.length != 4 || shape[1] != channels) {
      throw new IllegalArgumentException(
          "pictures to enlarge must be [pictures, %d, height, width], found %s"
              .formatted(channels, Arrays.toString(shape)));
    }
  }

  @Override
  public void warmUp() throws InterruptedException {
    HostTensor.Floats pixel = Tensors.zeros(1, channels, 1, 1);
    List<Sampling> quick = List.of(Sampling.ofSteps(WARM_UP_STEPS).openableOver(scheduler));
    upscale(pixel, quick, new TorchGenerator(0), StepListener.NONE);
  }

  @Override
  public List<StepBatcher> batchers() {
    return batchers;
  }

  @Override
  public void close() {
    batchers.forEach(StepBatcher::close);
    networks.forEach(Network::close);
  }
}
