package dev.sluice.upscaler;

import dev.sluice.pipeline.upscale.UpscalerEngine;
import dev.sluice.serving.Engines;
import dev.sluice.serving.stages.UpscalerStage;
import dev.sluice.stage.work.StageModule;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Makes this application the upscaler. */
class UpscalerService {

  @Produces
  @Singleton
  StageModule stage(Engines<UpscalerEngine> engines) {
    return new UpscalerStage(engines);
  }
}
