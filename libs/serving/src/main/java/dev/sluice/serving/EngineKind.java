package dev.sluice.serving;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.catalog.PipelineClass;
import dev.sluice.contract.v1.Stage;
import dev.sluice.pipeline.batch.BatchLimit;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.serving.memory.WorkingMemory;
import java.util.List;

/** What a stage's engines are, and what they cost. */
public interface EngineKind<E extends StageEngine> {

  Stage stage();

  /** Whether a pipeline has work for this stage. */
  boolean serves(PipelineClass pipeline);

  /** Loads a model's. */
  E load(ModelFolder model, BatchLimit limit);

  /** The networks that {@link #load} loads; others may follow when requests need them. */
  List<String> components(ModelFolder model);

  /** The memory for its work. */
  default WorkingMemory work(ModelFolder model) {
    return WorkingMemory.NONE;
  }
}
