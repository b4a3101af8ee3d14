package dev.sluice.trainer.train;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Makes the next step's batch on a thread of its own while a step runs. Not thread-safe. */
final class BatchAhead implements AutoCloseable {

  private final Objective objective;
  private final ExecutorService maker =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread thread = new Thread(work, "batch-ahead");
            thread.setDaemon(true);
            return thread;
          });
  private long nextStep = -1;
  private Future<Map<String, HostTensor>> next;

  BatchAhead(Objective objective) {
    this.objective = objective;
  }

  /** The batch of {@code step}; that of the step after it is begun. */
  Map<String, HostTensor> batch(long step) {
    Future<Map<String, HostTensor>> wanted = step == nextStep ? next : begin(step);
    nextStep = step + 1;
    next = begin(nextStep);
    try {
      return wanted.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a batch was made", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("no batch for step " + step, e.getCause());
    }
  }

  private Future<Map<String, HostTensor>> begin(long step) {
    return maker.submit(() -> objective.batch(step));
  }

  @Override
  public void close() {
    maker.shutdownNow();
  }
}
