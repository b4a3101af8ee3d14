package dev.sluice.prior;

import dev.sluice.pipeline.embed.EmbeddingEngine;
import dev.sluice.serving.Engines;
import dev.sluice.serving.stages.PriorStage;
import dev.sluice.stage.work.StageModule;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Makes this application the prior. */
class PriorService {

  @Produces
  @Singleton
  StageModule stage(Engines<EmbeddingEngine> engines) {
    return new PriorStage(engines);
  }
}
