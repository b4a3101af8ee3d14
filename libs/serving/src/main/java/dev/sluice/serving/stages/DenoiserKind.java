package dev.sluice.serving.stages;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.contract.v1.Stage;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.denoise.DenoiserEngine;
import dev.sluice.serving.EngineKind;
import dev.sluice.serving.memory.WorkingMemory;
import java.util.List;

/** The denoisers of models. */
final class DenoiserKind implements EngineKind<DenoiserEngine> {

  @Override
  public Stage stage() {
    return Stage.DENOISER;
  }

  @Override
  public boolean serves(PipelineClass pipeline) {
    return pipeline.hasDenoiser();
  }

  @Override
  public DenoiserEngine load(ModelFolder model, BatchLimit limit) {
    return Families.denoiser(model, limit);
  }

  @Override
  public List<String> components(ModelFolder model) {
    return List.of(model.pipeline().denoiser().component());
  }

  @Override
  public WorkingMemory work(ModelFolder model) {
    return WorkingMemory.denoiser(model);
  }
}
