package dev.sluice.stage.work;

import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;

/** The work of one stage of the pipeline. Called by several threads at once. */
@FunctionalInterface
public interface StageWork {

  /**
   * Works on one task. The same task gives the same result, however often and wherever it runs:
   * delivery is at least once.
   *
   * @param task its step is of this stage, with parameters; its tensors hold their elements (none
   *     is a blob key) and agree with their shapes
   * @param context to report progress to, and to ask now and then whether to go on
   * @throws InvalidTaskException when the task can never succeed
   * @throws StageStoppedException from {@link StageContext#check}
   */
  StageResult run(Task task, StageContext context);
}
