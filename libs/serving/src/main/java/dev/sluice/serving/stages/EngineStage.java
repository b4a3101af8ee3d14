package dev.sluice.serving.stages;

import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.pipeline.model.StageEngine;
import dev.sluice.serving.EngineKind;
import dev.sluice.serving.Engines;
import dev.sluice.serving.TaskRun;
import dev.sluice.serving.memory.PictureSize;
import dev.sluice.stage.status.StageState;
import dev.sluice.stage.work.StageContext;
import dev.sluice.stage.work.StageModule;
import dev.sluice.stage.work.StageWork;

/** A stage whose work is that of engines of one kind. */
abstract class EngineStage<E extends StageEngine> implements StageModule {

  private final Engines<E> engines;
  private final EngineKind<E> kind;

  EngineStage(Engines<E> engines, EngineKind<E> kind) {
    this.engines = engines;
    this.kind = kind;
  }

  @Override
  public final Stage stage() {
    return kind.stage();
  }

  @Override
  public final StageState state() {
    return engines;
  }

  @Override
  public final StageWork open() {
    engines.open(kind);
    return this::work;
  }

  /** As {@link StageWork#run}. */
  abstract StageResult work(Task task, StageContext context);

  /** Does a task's work with the engine of its model; see {@link TaskRun#run}. */
  final StageResult run(Task task, StageContext context, PictureSize size, TaskRun.Work<E> work) {
    return TaskRun.run(engines.noted(task.getHeader()), context, engines, size, work);
  }
}
