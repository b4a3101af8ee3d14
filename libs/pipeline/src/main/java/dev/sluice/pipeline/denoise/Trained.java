package dev.sluice.pipeline.denoise;

import dev.sluice.catalog.DenoiserKind;
import dev.sluice.catalog.ModelFolder;
import dev.sluice.diffusion.SchedulerConfig;
import dev.sluice.networks.graph.Network;
import dev.sluice.pipeline.model.Components;
import dev.sluice.pipeline.model.SampleSpace;

/**
 * A network that denoises, with what it was trained on.
 *
 * @param scheduler the noise schedule
 * @param space what samples are like
 */
public record Trained(SchedulerConfig scheduler, SampleSpace space, Network network)
    implements AutoCloseable {

  /**
   * Loads the denoiser of a model.
   *
   * @param channels of a sample
   */
  static Trained of(ModelFolder model, int channels) {
    return of(model, SampleSpace.of(model, channels));
  }

  /** The network comes last: what is wrong with a config is told before anything is opened. */
  static Trained of(ModelFolder model, SampleSpace space) {
    DenoiserKind parts = model.pipeline().denoiser();
    SchedulerConfig scheduler = model.scheduler(parts.scheduler());
    return new Trained(scheduler, space, Components.network(model, parts.component()));
  }

  @Override
  public void close() {
    network.close();
  }
}
