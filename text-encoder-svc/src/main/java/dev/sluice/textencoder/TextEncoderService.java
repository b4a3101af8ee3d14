package dev.sluice.textencoder;

import dev.sluice.pipeline.text.TextEncoder;
import dev.sluice.serving.Engines;
import dev.sluice.serving.stages.TextEncoderStage;
import dev.sluice.stage.work.StageModule;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Makes this application the text encoder. */
class TextEncoderService {

  @Produces
  @Singleton
  StageModule stage(Engines<TextEncoder> engines) {
    return new TextEncoderStage(engines);
  }
}
