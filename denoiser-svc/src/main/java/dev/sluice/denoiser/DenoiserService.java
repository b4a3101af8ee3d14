package dev.sluice.denoiser;

import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.serving.Engines;
import dev.sluice.serving.stages.DenoiserStage;
import dev.sluice.stage.work.StageModule;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Makes this application the denoiser. */
class DenoiserService {

  @Produces
  @Singleton
  StageModule stage(Engines<DenoiserEngine> engines) {
    return new DenoiserStage(engines);
  }
}
