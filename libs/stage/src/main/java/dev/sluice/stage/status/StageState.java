package dev.sluice.stage.status;

import dev.sluice.contract.v1.StageStatus;
import java.util.function.Consumer;

/** What a stage tells of itself, to its health check and on {@code sluice.status}. */
public interface StageState {

  /** Fills in the models and the memory, as they are now; quick, and from any thread. */
  void describe(StageStatus.Builder status);

  /**
   * @param listener called after a change, from any thread; quick
   */
  void onChange(Runnable listener);

  /**
   * @param listener told why, when this process cannot go on and another is to be started in its
   *     place
   */
  void onFull(Consumer<String> listener);

  /** Says who shares its memory; told once, before there are tasks. */
  void meet(Neighbours neighbours);
}
