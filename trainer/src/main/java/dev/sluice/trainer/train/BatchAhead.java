package dev.sluice.trainer.train;

import dev.sluice.networks.tensor.HostTensor;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Makes the next batch on a thread of its own while one is worked on. Not thread-safe. */
final class BatchAhead implements AutoCloseable {

  private final Objective objective;
  private final ExecutorService maker =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread thread = new Thread(work, "batch-ahead");
            thread.setDaemon(true);
            return thread;
          });
  private long nextNumber = -1;
  private Future<Map<String, HostTensor>> next;

  BatchAhead(Objective objective) {
    this.objective = objective;
  }

  /** The batch of that number; the one after it is begun. */
  Map<String, HostTensor> batch(long number) {
    Future<Map<String, HostTensor>> wanted = number == nextNumber ? next : begin(number);
    nextNumber = number + 1;
    next = begin(nextNumber);
    try {
      return wanted.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a batch was made", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("no batch " + number, e.getCause());
    }
  }

  private Future<Map<String, HostTensor>> begin(long number) {
    return maker.submit(() -> objective.batch(number));
  }

  /** Waits for a batch in work, so that what it is made with can be freed. */
  @Override
  public void close() {
    maker.shutdown();
    try {
      maker.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
