package dev.sluice.serving.stages;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.contract.v1.Stage;
import dev.sluice.pipeline.Families;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.upscale.UpscalerEngine;
import dev.sluice.serving.EngineKind;
import dev.sluice.serving.memory.WorkingMemory;
import java.util.List;

/** What finishes the pictures of models. */
final class UpscalerKind implements EngineKind<UpscalerEngine> {

  /** Larger latents are decoded in tiles. */
  private static final long LARGEST_TILE = 1024 * 1024;

  private static final List<String> CASCADE = List.of("super_res_first", "super_res_last");

  @Override
  public Stage stage() {
    return Stage.UPSCALER;
  }

  @Override
  public boolean serves(PipelineClass pipeline) {
    return pipeline.hasDenoiser();
  }

  @Override
  public UpscalerEngine load(ModelFolder model, BatchLimit limit) {
    return Families.upscaler(model, limit);
  }

  @Override
  public List<String> components(ModelFolder model) {
    return switch (model.pipeline().finish()) {
      case AUTOENCODER -> List.of(model.pipeline().autoencoder());
      case SUPER_RESOLUTION -> CASCADE;
      case NONE -> List.of();
    };
  }

  @Override
  public WorkingMemory work(ModelFolder model) {
    return switch (model.pipeline().finish()) {
      case AUTOENCODER -> WorkingMemory.autoencoder(model, LARGEST_TILE);
      case SUPER_RESOLUTION ->
          WorkingMemory.superResolution(model.config(CASCADE.get(CASCADE.size() - 1)));
      case NONE -> WorkingMemory.NONE;
    };
  }
}
