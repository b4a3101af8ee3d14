package dev.sluice.pipeline.batch;

import dev.sluice.networks.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.tensorflow.exceptions.TFResourceExhaustedException;

/**
 * One network's calls: rows that are run together are stacked, cut into as many calls as memory
 * allows, and each call into parts that run side by side. One call runs at a time, whichever thread
 * makes it.
 */
final class NetworkCalls implements AutoCloseable {

  private final RowNetwork network;
  private final BatchLimit limit;
  private final RowLimits limits;
  private final Stacks stacks = new Stacks();
  private final LongAdder calls = new LongAdder();
  private final LongAdder rowsRun = new LongAdder();
  private final ReentrantLock device = new ReentrantLock(true);
  private final ExecutorService besides;

  /**
   * @param name of the network, for the threads' names
   */
  NetworkCalls(String name, RowNetwork network, BatchLimit limit) {
    this.network = network;
    this.limit = limit;
    this.limits = new RowLimits(limit);
    this.besides = limit.calls() > 1 ? besides(name, limit.calls() - 1) : null;
  }

  private static ExecutorService besides(String name, int threads) {
    return Executors.newFixedThreadPool(
        threads,
        task -> {
          Thread thread = new Thread(task, "batcher-" + name + "-beside");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** How much work a row is. */
  long cost(Row row) {
    return network.cost(row.inputs());
  }

  /** How many rows a call can have, by what went well before. */
  RowLimits limits() {
    return limits;
  }

  /** How many calls were made; parts side by side are one. */
  long calls() {
    return calls.sum();
  }

  /** How many rows those calls had in all. */
  long rows() {
    return rowsRun.sum();
  }

  /** Lets go of what was stacked for calls to come. */
  void forgetStacks() {
    stacks.clear();
  }

  /**
   * Runs the network on rows of one signature, in as many calls as it takes.
   *
   * @return each row's outputs, in order
   */
  List<Map<String, HostTensor.Floats>> run(List<Row> rows) {
    List<Map<String, HostTensor.Floats>> outputs = new ArrayList<>(rows.size());
    String signature = rows.get(0).signature();
    long cost = cost(rows.get(0));
    while (outputs.size() < rows.size()) {
      int begin = outputs.size();
      int end = Math.min(rows.size(), begin + limits.rows(signature, cost));
      try {
        outputs.addAll(call(rows.subList(begin, end)));
        limits.wentWell(signature);
      } catch (TFResourceExhaustedException | OutOfMemoryError e) {
        if (end - begin == 1) {
          throw e;
        }
        limits.ranOut(signature, end - begin);
      }
    }
    return outputs;
  }

  private List<Map<String, HostTensor.Floats>> call(List<Row> rows) {
    int parts = Math.min(limit.calls(), rows.size());
    List<List<Row>> own = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      own.add(rows.subList(part * rows.size() / parts, (part + 1) * rows.size() / parts));
    }
    List<Map<String, HostTensor>> batches = own.stream().map(stacks::batch).toList();
    List<Map<String, HostTensor.Floats>> answers;
    device.lock();
    try {
      answers = sideBySide(batches);
    } finally {
      device.unlock();
    }
    calls.increment();
    rowsRun.add(rows.size());
    List<Map<String, HostTensor.Floats>> outputs = new ArrayList<>(rows.size());
    for (int part = 0; part < parts; part++) {
      outputs.addAll(Row.unstack(answers.get(part), own.get(part).size()));
    }
    return outputs;
  }

  /** The last part runs here; whatever happens, no part is left running. */
  private List<Map<String, HostTensor.Floats>> sideBySide(List<Map<String, HostTensor>> batches) {
    int last = batches.size() - 1;
    List<CompletableFuture<Map<String, HostTensor.Floats>>> others =
        batches.subList(0, last).stream()
            .map(batch -> CompletableFuture.supplyAsync(() -> network.run(batch), besides))
            .toList();
    List<Map<String, HostTensor.Floats>> answers = new ArrayList<>();
    Map<String, HostTensor.Floats> own = null;
    Throwable failure = null;
    try {
      own = network.run(batches.get(last));
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    for (CompletableFuture<Map<String, HostTensor.Floats>> other : others) {
      try {
        answers.add(other.join());
      } catch (CompletionException e) {
        failure = e.getCause();
      }
    }
    rethrow(failure);
    answers.add(own);
    return answers;
  }

  /** Throws what a future failed with, if it failed. */
  static void rethrow(Throwable failure) {
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }

  @Override
  public void close() {
    if (besides != null) {
      besides.shutdown();
    }
  }
}
