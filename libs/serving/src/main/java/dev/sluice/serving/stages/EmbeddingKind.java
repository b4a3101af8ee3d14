package dev.sluice.serving.stages;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.contract.v1.Stage;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.embed.EmbeddingEngine;
import dev.sluice.serving.EngineKind;
import java.util.List;
import java.util.stream.Stream;

/** The priors and image encoders of models. */
final class EmbeddingKind implements EngineKind<EmbeddingEngine> {

  @Override
  public Stage stage() {
    return Stage.PRIOR;
  }

  @Override
  public boolean serves(PipelineClass pipeline) {
    return pipeline.makesEmbeddings();
  }

  @Override
  public EmbeddingEngine load(ModelFolder model, BatchLimit limit) {
    return EmbeddingEngine.load(model, limit);
  }

  @Override
  public List<String> components(ModelFolder model) {
    return Stream.of("prior", ModelFolder.IMAGE_ENCODER, ModelFolder.AUTOREGRESSIVE_PRIOR)
        .filter(model::has)
        .toList();
  }
}
