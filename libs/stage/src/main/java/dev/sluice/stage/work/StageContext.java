package dev.sluice.stage.work;

import dev.sluice.contract.v1.ComponentLoading;
import java.util.Optional;
import java.util.function.Supplier;

/** What a stage tells and asks while it works on a task. */
public interface StageContext {

  /**
   * Reports progress, and goes on only if the task is still wanted or done anyway.
   *
   * @param step steps done, 0 to {@code total}
   * @throws StageStoppedException as {@link #check}, before the last step
   */
  void progress(int step, int total);

  /** Tells that the task waits for its model, and how far that is. */
  void loading(ComponentLoading loading);

  /**
   * Leaves this task's slot to another task, for as long as this one only waits.
   *
   * @return to be run once when it goes on
   */
  Runnable leaveSlot();

  /**
   * Shows what the picture looks like so far.
   *
   * @param png a small PNG file
   */
  void preview(int step, byte[] png);

  /**
   * What an earlier attempt at this task had reached, as {@link #resumable} gave it; empty to begin
   * at the beginning.
   */
  Optional<byte[]> reached();

  /**
   * From now on another attempt can go on with this one's work.
   *
   * @param reached what it needs for that; asked for within {@link #progress} and {@link #check}
   *     only, on the thread that called them
   */
  void resumable(Supplier<byte[]> reached);

  /**
   * Returns when the task is still wanted; to be asked, or told progress, at least once a step.
   *
   * @throws StageStoppedException when it was cancelled, its deadline has passed, or this process
   *     is to end
   */
  void check();
}
