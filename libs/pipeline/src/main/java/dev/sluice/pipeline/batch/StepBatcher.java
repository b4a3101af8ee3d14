package dev.sluice.pipeline.batch;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.NonFiniteOutputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.tensorflow.exceptions.TFResourceExhaustedException;

/**
 * Shares one network among many images, step by step. A thread takes the images whose turn it is
 * from a {@link FairLine}, runs the network once on all their rows (or side by side on parts of
 * them), and puts those that want more back into the line. So images join and leave between steps,
 * a long job never holds up a short one, and no image waits for company.
 *
 * <p>There are two such threads, and one network: while one's call runs, the other makes what it
 * can of the call before (samplers, events, checkpoints) and of the one after.
 *
 * <p>Thread-safe. {@link #close} ends the threads; the network stays its owner's.
 */
public final class StepBatcher implements AutoCloseable {

  private final String name;
  private final RowNetwork network;
  private final FairLine line = new FairLine(System::currentTimeMillis);
  private final Stacks stacks = new Stacks();
  private final LongAdder calls = new LongAdder();
  private final LongAdder rowsRun = new LongAdder();
  private final List<Thread> workers = new ArrayList<>();
  private final ReentrantLock device = new ReentrantLock(true);
  private final ExecutorService besides;
  private final BatchLimit limit;
  private final RowLimits limits;
  private boolean closed;

  /**
   * Starts a batcher.
   *
   * @param name of the network, for the thread's name and for messages
   */
  public StepBatcher(String name, RowNetwork network, BatchLimit limit) {
    this.name = name;
    this.network = network;
    this.limit = limit;
    this.limits = new RowLimits(limit);
    this.besides = limit.calls() > 1 ? besides(name, limit.calls() - 1) : null;
    for (String suffix : List.of("", "-ahead")) {
      Thread worker = new Thread(this::work, "batcher-" + name + suffix);
      worker.setDaemon(true);
      workers.add(worker);
    }
    workers.forEach(Thread::start);
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

  /**
   * Drives {@code work} until it is finished and returns then. An interrupt takes it out of the
   * line.
   *
   * @throws NonFiniteOutputException when the network gave NaN or infinity for this work
   * @throws RuntimeException what the network, the work or its listener threw
   * @throws InterruptedException if the calling thread is interrupted while it waits
   */
  public void run(NetworkWork work) throws InterruptedException {
    CompletableFuture<Void> done = submit(work);
    try {
      done.get();
    } catch (InterruptedException e) {
      done.cancel(false);
      throw e;
    } catch (ExecutionException e) {
      rethrow(e.getCause());
    }
  }

  private static void rethrow(Throwable failure) {
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

  /**
   * As {@link #run}, without waiting. Until the future completes, {@code work} belongs to this
   * batcher and to those of the other networks that it asks; completing the future from outside
   * takes the work out before its next step.
   */
  public CompletableFuture<Void> submit(NetworkWork work) {
    StepJob job = new StepJob(work, this);
    boolean wanted = job.prepare();
    synchronized (line) {
      if (closed) {
        throw new IllegalStateException("the batcher of " + name + " is closed");
      }
    }
    if (wanted) {
      job.asked().lineUp(List.of(job));
    }
    return job.done;
  }

  /** How much work a row is to this network. */
  long cost(Row row) {
    return network.cost(row.inputs());
  }

  /** The network's name. */
  public String name() {
    return name;
  }

  /** How many network calls were made; those side by side are one. */
  public long calls() {
    return calls.sum();
  }

  /** How many rows those calls had in all. */
  public long rows() {
    return rowsRun.sum();
  }

  @Override
  public void close() {
    List<StepJob> left;
    synchronized (line) {
      closed = true;
      left = line.drain();
      line.notifyAll();
    }
    left.forEach(job -> job.done.completeExceptionally(closedWhileRunning()));
    try {
      for (Thread worker : workers) {
        worker.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (besides != null) {
      besides.shutdown();
    }
  }

  private IllegalStateException closedWhileRunning() {
    return new IllegalStateException("the batcher of " + name + " was closed with work in it");
  }

  private void work() {
    while (true) {
      List<StepJob> batch = nextBatch();
      if (batch == null) {
        return;
      }
      step(batch);
    }
  }

  /** The next images to run together; null at close. */
  private List<StepJob> nextBatch() {
    synchronized (line) {
      try {
        while (!closed) {
          List<StepJob> batch = line.take(limits);
          if (!batch.isEmpty()) {
            return batch;
          }
          if (line.isIdle()) {
            stacks.clear();
          }
          line.wait();
        }
      } catch (InterruptedException e) {
        closed = true;
      }
      line.notifyAll();
      return null;
    }
  }

  private void step(List<StepJob> batch) {
    List<StepJob> jobs = new ArrayList<>();
    for (StepJob job : batch) {
      try {
        job.work.beforeCall();
        jobs.add(job);
      } catch (RuntimeException | Error e) {
        job.done.completeExceptionally(e);
      }
    }
    if (!jobs.isEmpty()) {
      jobs = runTogether(jobs);
    }
    // A finished job must not wait until the line has moved on.
    jobs.removeIf(job -> !job.prepare());
    // Together, so that they can share the next call too.
    Map<StepBatcher, List<StepJob>> askers =
        jobs.stream().collect(Collectors.groupingBy(StepJob::asked));
    List<StepJob> here = askers.getOrDefault(this, List.of());
    askers.remove(this);
    lineUp(here);
    synchronized (line) {
      batch.forEach(
          job -> {
            if (!here.contains(job)) {
              line.leave(job);
            }
          });
      line.notifyAll();
    }
    askers.forEach(StepBatcher::lineUp);
  }

  /**
   * Makes a step of all jobs. If that fails they are run one by one, and fail for themselves only:
   * what one gives the network is no fault of the others.
   *
   * @return the jobs that go on
   */
  private List<StepJob> runTogether(List<StepJob> jobs) {
    List<Map<String, HostTensor.Floats>> outputs;
    try {
      outputs = runInCalls(jobs.stream().flatMap(job -> job.rows().stream()).toList());
    } catch (RuntimeException | Error e) {
      if (jobs.size() == 1) {
        jobs.get(0).done.completeExceptionally(e);
        return new ArrayList<>();
      }
      List<StepJob> left = new ArrayList<>();
      jobs.forEach(job -> left.addAll(runTogether(List.of(job))));
      return left;
    }
    int offset = 0;
    for (StepJob job : jobs) {
      accept(job, outputs.subList(offset, offset + job.rows().size()));
      offset += job.rows().size();
    }
    return new ArrayList<>(jobs);
  }

  private void accept(StepJob job, List<Map<String, HostTensor.Floats>> outputs) {
    try {
      for (int row = 0; row < outputs.size(); row++) {
        NonFiniteOutputException.refuse(name, job.rows().get(row).inputs(), outputs.get(row));
      }
      job.work.accept(outputs);
    } catch (RuntimeException | Error e) {
      job.done.completeExceptionally(e);
    }
  }

  private void lineUp(List<StepJob> jobs) {
    boolean tooLate;
    synchronized (line) {
      tooLate = closed;
      if (!tooLate) {
        jobs.forEach(line::join);
        line.notifyAll();
      }
    }
    if (tooLate) {
      jobs.forEach(job -> job.done.completeExceptionally(closedWhileRunning()));
    }
  }

  private List<Map<String, HostTensor.Floats>> runInCalls(List<Row> rows) {
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
}
