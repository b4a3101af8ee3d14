package dev.sluice.pipeline.batch;

import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.networks.tensor.NonFiniteOutputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

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
  private final FairLine line = new FairLine(System::currentTimeMillis);
  private final NetworkCalls network;
  private final List<Thread> workers = new ArrayList<>();
  private boolean closed;

  /**
   * Starts a batcher.
   *
   * @param name of the network, for the thread's name and for messages
   */
  public StepBatcher(String name, RowNetwork network, BatchLimit limit) {
    this.name = name;
    this.network = new NetworkCalls(name, network, limit);
    for (String suffix : List.of("", "-ahead")) {
      Thread worker = new Thread(this::work, "batcher-" + name + suffix);
      worker.setDaemon(true);
      workers.add(worker);
    }
    workers.forEach(Thread::start);
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
      NetworkCalls.rethrow(e.getCause());
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
    return network.cost(row);
  }

  /** The network's name. */
  public String name() {
    return name;
  }

  /** How many network calls were made; those side by side are one. */
  public long calls() {
    return network.calls();
  }

  /** How many rows those calls had in all. */
  public long rows() {
    return network.rows();
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
    network.close();
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
          List<StepJob> batch = line.take(network.limits());
          if (!batch.isEmpty()) {
            return batch;
          }
          if (line.isIdle()) {
            network.forgetStacks();
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
      outputs = network.run(jobs.stream().flatMap(job -> job.rows().stream()).toList());
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
}
