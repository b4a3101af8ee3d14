package dev.sluice.stage;

/**
 * The work of one stage of the pipeline. Called by several threads at once.
 *
 * @param <T> the task message
 * @param <R> the result message
 */
public interface Stage<T, R> {

  /**
   * Works on one task. The same task gives the same result, however often and wherever it runs:
   * delivery is at least once.
   *
   * @param task its tensors hold their elements (none is a blob key) and agree with their shapes
   * @param context to report progress to, and to ask now and then whether to go on
   * @throws InvalidTaskException when the task can never succeed
   * @throws StageStoppedException from {@link StageContext#check}
   */
  R run(T task, StageContext context);
}
