package dev.sluice.pipeline;

import static dev.sluice.pipeline.TensorNames.CLASS_LABEL;

import dev.sluice.catalog.Config;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.networks.graph.HostTensor;
import dev.sluice.networks.graph.Network;
import java.util.Map;

/**
 * DiT (Peebles and Xie 2023): latents of a picture of a class, denoised by a transformer over
 * patches. Its predicted variance goes unused, as in diffusers.
 */
final class DiffusionTransformer implements Denoiser {

  /** ImageNet's classes are 0 to 999; this one stands for none. */
  private static final long NO_CLASS = 1000;

  private final Network transformer;
  private final SchedulerConfig scheduler;
  private final SampleSpace space;

  DiffusionTransformer(ModelFolder model) {
    this.scheduler = model.scheduler("scheduler");
    Config config = model.config("transformer");
    this.space = SampleSpace.of(model, config.integer("in_channels", 4));
    this.transformer = Components.network(model, "transformer");
  }

  @Override
  public Guidance guidance(DenoiseRequest request, int picture, Start start) {
    return Guidance.withoutVariance(
        Guidance.classifierFree(
            () -> condition(new HostTensor.Longs(new long[] {NO_CLASS}, 1)),
            condition(request.input(picture, CLASS_LABEL)),
            request.sampling()));
  }

  private static Condition condition(HostTensor label) {
    return new Condition(Condition.Ports.TRANSFORMER, Map.of("class_labels", label));
  }

  @Override
  public Map<String, HostTensor> example() {
    return Map.of(CLASS_LABEL, new HostTensor.Longs(new long[1], 1));
  }

  @Override
  public Network network() {
    return transformer;
  }

  @Override
  public SchedulerConfig scheduler() {
    return scheduler;
  }

  @Override
  public SampleSpace space() {
    return space;
  }
}
