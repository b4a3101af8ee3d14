package dev.sluice.pipeline;

import dev.sluice.networks.graph.HostTensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;
import org.tensorflow.exceptions.TFResourceExhaustedException;

/**
 * Shares one network among many images, step by step. One thread takes the image that has waited
 * longest, fills the call up with others whose rows have the same shapes, runs the network once,
 * and puts the images that want more at the end of the line. So images join and leave between
 * steps, a long job never holds up a short one, and no image waits for company.
 *
 * <p>Thread-safe. {@link #close} ends the thread; the network stays its owner's.
 */
public final class StepBatcher implements AutoCloseable {

  private final String name;
  private final RowNetwork network;
  private final Deque<Job> line = new ArrayDeque<>();
  private final LongAdder calls = new LongAdder();
  private final LongAdder rowsRun = new LongAdder();
  private final Thread worker;
  private volatile BatchLimit limit;
  private boolean closed;

  /** One image in the line, with the rows of its next step. */
  private static final class Job {
    final Denoising work;
    final CompletableFuture<Void> done = new CompletableFuture<>();
    List<Row> rows;
    String signature;

    Job(Denoising work) {
      this.work = work;
    }

    void prepare() {
      rows = work.rows();
      signature = rows.get(0).signature();
      for (Row row : rows) {
        // A caption and an empty prompt may differ in their number of tokens.
        if (!row.signature().equals(signature)) {
          throw new IllegalArgumentException(
              "the rows of one step must have equal shapes, found %s and %s"
                  .formatted(signature, row.signature()));
        }
      }
    }
  }

  /**
   * Starts a batcher.
   *
   * @param name of the network, for the thread's name and for messages
   */
  public StepBatcher(String name, RowNetwork network, BatchLimit limit) {
    this.name = name;
    this.network = network;
    this.limit = limit;
    this.worker = new Thread(this::work, "batcher-" + name);
    worker.setDaemon(true);
    worker.start();
  }

  /**
   * Drives {@code work} until it is finished and returns then. An interrupt takes it out of the
   * line.
   *
   * @throws RuntimeException what the network, the work or its listener threw
   * @throws InterruptedException if the calling thread is interrupted while it waits
   */
  public void run(Denoising work) throws InterruptedException {
    CompletableFuture<Void> done = submit(work);
    try {
      done.get();
    } catch (InterruptedException e) {
      done.cancel(false);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /**
   * As {@link #run}, without waiting. Until the future completes, {@code work} belongs to this
   * batcher; completing the future from outside takes the work out before its next step.
   */
  public CompletableFuture<Void> submit(Denoising work) {
    Job job = new Job(work);
    synchronized (line) {
      if (closed) {
        throw new IllegalStateException("the batcher of " + name + " is closed");
      }
      line.add(job);
      line.notifyAll();
    }
    return job.done;
  }

  /** The network's name. */
  public String name() {
    return name;
  }

  /** How many network calls were made. */
  public long calls() {
    return calls.sum();
  }

  /** How many rows those calls had in all. */
  public long rows() {
    return rowsRun.sum();
  }

  /** The limit in force: as given, or lower since the device ran out of memory. */
  public BatchLimit limit() {
    return limit;
  }

  @Override
  public void close() {
    List<Job> left;
    synchronized (line) {
      closed = true;
      left = List.copyOf(line);
      line.clear();
      line.notifyAll();
    }
    left.forEach(job -> job.done.completeExceptionally(closedWhileRunning()));
    try {
      worker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private IllegalStateException closedWhileRunning() {
    return new IllegalStateException("the batcher of " + name + " was closed with work in it");
  }

  private void work() {
    while (true) {
      List<Job> batch = nextBatch();
      if (batch == null) {
        return;
      }
      step(batch);
    }
  }

  /** The next images to run together; empty when those that waited had all ended; null at close. */
  private List<Job> nextBatch() {
    synchronized (line) {
      try {
        while (line.isEmpty() && !closed) {
          line.wait();
        }
      } catch (InterruptedException e) {
        closed = true;
      }
      if (closed) {
        return null;
      }
      List<Job> batch = new ArrayList<>();
      int rows = 0;
      for (Iterator<Job> jobs = line.iterator(); jobs.hasNext(); ) {
        Job job = jobs.next();
        if (!wantsStep(job)) {
          jobs.remove();
        } else if (batch.isEmpty() || fits(batch.get(0), job, rows)) {
          jobs.remove();
          batch.add(job);
          rows += job.rows.size();
        }
      }
      return batch;
    }
  }

  /**
   * Makes the rows of a job that has none yet; false when the job has ended, by itself or badly.
   */
  private static boolean wantsStep(Job job) {
    if (job.done.isDone()) {
      return false;
    }
    try {
      if (job.rows == null) {
        if (job.work.finished()) {
          job.done.complete(null);
          return false;
        }
        job.prepare();
      }
      return true;
    } catch (RuntimeException | Error e) {
      job.done.completeExceptionally(e);
      return false;
    }
  }

  private boolean fits(Job first, Job job, int rows) {
    return job.signature.equals(first.signature)
        && rows + job.rows.size() <= limit.rowsOf(first.rows.get(0).pixels());
  }

  private void step(List<Job> batch) {
    List<Job> jobs = new ArrayList<>();
    for (Job job : batch) {
      try {
        job.work.beforeStep();
        jobs.add(job);
      } catch (RuntimeException | Error e) {
        job.done.completeExceptionally(e);
      }
    }
    if (jobs.isEmpty()) {
      return;
    }
    List<Map<String, HostTensor.Floats>> outputs;
    try {
      outputs = runInCalls(jobs.stream().flatMap(job -> job.rows.stream()).toList());
    } catch (RuntimeException | Error e) {
      jobs.forEach(job -> job.done.completeExceptionally(e));
      return;
    }
    int offset = 0;
    for (Job job : jobs) {
      accept(job, outputs.subList(offset, offset + job.rows.size()));
      offset += job.rows.size();
      job.rows = null;
    }
    // A finished job must not wait until the line has moved on.
    jobs.removeIf(job -> !wantsStep(job));
    rejoin(jobs);
  }

  private static void accept(Job job, List<Map<String, HostTensor.Floats>> outputs) {
    try {
      job.work.accept(outputs);
    } catch (RuntimeException | Error e) {
      job.done.completeExceptionally(e);
    }
  }

  private void rejoin(List<Job> jobs) {
    boolean tooLate;
    synchronized (line) {
      tooLate = closed;
      if (!tooLate) {
        line.addAll(jobs);
      }
    }
    if (tooLate) {
      jobs.forEach(job -> job.done.completeExceptionally(closedWhileRunning()));
    }
  }

  private List<Map<String, HostTensor.Floats>> runInCalls(List<Row> rows) {
    List<Map<String, HostTensor.Floats>> outputs = new ArrayList<>(rows.size());
    long pixels = rows.get(0).pixels();
    while (outputs.size() < rows.size()) {
      int begin = outputs.size();
      int end = Math.min(rows.size(), begin + limit.rowsOf(pixels));
      try {
        outputs.addAll(call(rows.subList(begin, end)));
      } catch (TFResourceExhaustedException e) {
        if (end - begin == 1) {
          throw e;
        }
        limit = limit.halved(end - begin);
      }
    }
    return outputs;
  }

  private List<Map<String, HostTensor.Floats>> call(List<Row> rows) {
    Map<String, HostTensor.Floats> outputs = network.run(Row.stack(rows));
    calls.increment();
    rowsRun.add(rows.size());
    return Row.unstack(outputs, rows.size());
  }
}
