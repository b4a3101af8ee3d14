package dev.sluice.pipeline.batch;

import dev.sluice.catalog.ModelFolder;
import dev.sluice.networks.graph.OpThreads;
import java.util.Collection;

/**
 * How the cores are shared out: among the calls of a network that run side by side, and among the
 * threads of each operation within a call.
 *
 * <p>An operation of a large network is cut into pieces that are worth a thread each. The
 * operations of a small one are over before a second thread has woken up, while two calls of half
 * the rows run side by side without waiting for each other.
 *
 * @param calls of one network at a time
 * @param opThreads threads of each operation
 */
public record CoreShare(int calls, int opThreads) {

  public CoreShare {
    if (calls < 1 || opThreads < 1) {
      throw new IllegalArgumentException(
          "%d calls with %d threads for an operation; expected 1 or more of each"
              .formatted(calls, opThreads));
    }
  }

  /** What suits all of some models that this process serves. */
  public static CoreShare of(Collection<ModelFolder> models) {
    return of(models, cores());
  }

  static CoreShare of(Collection<ModelFolder> models, int cores) {
    boolean small = models.stream().allMatch(model -> model.bytes() <= ModelFolder.SMALL_BYTES);
    return withOpThreads(small ? 1 : cores, cores);
  }

  /** As many calls as leave each operation so many threads. */
  public static CoreShare withOpThreads(int opThreads) {
    return withOpThreads(opThreads, cores());
  }

  static CoreShare withOpThreads(int opThreads, int cores) {
    return new CoreShare(Math.max(1, cores / Math.max(1, opThreads)), opThreads);
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Puts this into force, before the process has made any network.
   *
   * @return {@code limit}, its rows spread over the calls
   */
  public BatchLimit settle(BatchLimit limit) {
    OpThreads.set(opThreads);
    return limit.sideBySide(calls);
  }
}
