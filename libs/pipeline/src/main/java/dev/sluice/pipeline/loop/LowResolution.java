package dev.sluice.pipeline.loop;

import dev.sluice.diffusion.Samplers;
import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.diffusion.random.TorchGenerator;
import dev.sluice.diffusion.sampling.SamplingOptions;
import dev.sluice.diffusion.sampling.SamplingPlan;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.guidance.Condition;
import dev.sluice.pipeline.request.DenoiseRequest;
import dev.sluice.pipeline.request.TensorNames;
import java.util.Map;

/**
 * Noise conditioning augmentation (Ho et al. 2022, "Cascaded Diffusion Models", section 4.2): a
 * network that enlarges sees the small picture with noise of a level that it is told.
 */
public final class LowResolution {

  private final SamplingPlan noising;
  private final int defaultLevel;
  private final int highestLevel;

  /**
   * @param scheduler whose timesteps the levels are
   */
  public LowResolution(SchedulerConfig scheduler, int defaultLevel, int highestLevel) {
    // Noise is put on by timestep of the schedule, whatever the sampler is: any plan of DDIM will
    // do.
    this.noising = Samplers.of(Samplers.forInversion(scheduler)).plan(SamplingOptions.ofSteps(1));
    this.defaultLevel = defaultLevel;
    this.highestLevel = highestLevel;
  }

  /** The level that a request asks for. */
  int level(DenoiseRequest request) {
    return checked(request.sampling().noiseLevel().orElse(defaultLevel));
  }

  private int checked(int level) {
    if (level < 0 || level > highestLevel) {
      throw new IllegalArgumentException(
          "noise_level is %d; this model knows 0 to %d".formatted(level, highestLevel));
    }
    return level;
  }

  /**
   * A text, the noise level as a class label, and the small picture beside the sample.
   *
   * @param prefix of the text's name: empty, or that of the negative prompt
   * @param start with the small picture appended
   */
  public Condition condition(DenoiseRequest request, int picture, String prefix, Start start) {
    return new Condition(
        Condition.Ports.UNET,
        Map.of(
            "encoder_hidden_states",
            request.input(picture, prefix + TensorNames.TEXT_HIDDEN_STATES),
            "class_labels",
            new HostTensor.Longs(new long[] {level(request)}, 1)),
        start.appended(picture));
  }

  /** Pictures with noise of the request's level. */
  public HostTensor.Floats noised(
      HostTensor.Floats pictures, DenoiseRequest request, TorchGenerator generator) {
    return noised(pictures, level(request), generator);
  }

  /** Pictures with noise of a level. */
  public HostTensor.Floats noised(HostTensor.Floats pictures, int level, TorchGenerator generator) {
    float[] noise = generator.randn(pictures.values().length);
    return new HostTensor.Floats(
        noising.addNoise(pictures.values(), noise, checked(level)), pictures.shape());
  }
}
