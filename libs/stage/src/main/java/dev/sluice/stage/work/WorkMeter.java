package dev.sluice.stage.work;

import dev.sluice.contract.v1.ModelWork;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * What a worker does in the time that it works. Of tasks side by side, which share calls of a
 * network, each has its share of the time: of {@code n} that run for a second, the {@code n}th part
 * of one. So work done by time spent is what the worker as a whole does in a second of a model's
 * tasks. Time in which a task waits for its model is none of it. Safe for use by several threads.
 */
public final class WorkMeter {

  private static final double NANOS = 1e9;

  private final LongSupplier nanoTime;
  private final Map<String, Sums> byModel = new TreeMap<>();

  /** The share of a task that has run from the beginning on, in nanoseconds, and until when. */
  private double share;

  private long until;
  private int running;

  public WorkMeter() {
    this(System::nanoTime);
  }

  WorkMeter(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.until = nanoTime.getAsLong();
  }

  private static final class Sums {
    private int tasks;
    private double work;
    private double done;
    private double nanos;
  }

  /** One task in work, from {@link WorkMeter#begin} to {@link #end}. */
  public final class Turn {

    private final Sums sums;
    private final double work;
    private double spent;
    private double since;
    private boolean runs;

    private Turn(Sums sums, double work) {
      this.sums = sums;
      this.work = work;
    }

    /** It only waits from now on. */
    public void waits() {
      synchronized (WorkMeter.this) {
        advance();
        if (runs) {
          runs = false;
          running--;
          spent += share - since;
        }
      }
    }

    /** It goes on after having waited. */
    public void goesOn() {
      synchronized (WorkMeter.this) {
        advance();
        if (!runs) {
          runs = true;
          running++;
          since = share;
        }
      }
    }

    /**
     * It is over.
     *
     * @param whole whether all of its work was done here; what was begun elsewhere, or came to no
     *     good end, says nothing of how long its work takes
     */
    public void end(boolean whole) {
      synchronized (WorkMeter.this) {
        waits();
        sums.tasks--;
        sums.work -= work;
        if (whole && work > 0) {
          sums.done += work;
          sums.nanos += spent;
        }
      }
    }
  }

  /**
   * A task begins.
   *
   * @param work as {@code RouteStep.work}; 0 for not known
   */
  public synchronized Turn begin(String model, double work) {
    Sums sums = byModel.computeIfAbsent(model, any -> new Sums());
    sums.tasks++;
    sums.work += work;
    Turn turn = new Turn(sums, work);
    turn.goesOn();
    return turn;
  }

  private void advance() {
    long now = nanoTime.getAsLong();
    if (running > 0) {
      share += (double) (now - until) / running;
    }
    until = now;
  }

  /** What is in work and what was done since this process began, by model. */
  public synchronized List<ModelWork> work() {
    return byModel.entrySet().stream()
        .map(
            model ->
                ModelWork.newBuilder()
                    .setModel(model.getKey())
                    .setTasksInWork(model.getValue().tasks)
                    // Sums of what comes and goes may end a rounding below nothing.
                    .setWorkInWork(model.getValue().tasks == 0 ? 0 : model.getValue().work)
                    .setWorkDone(model.getValue().done)
                    .setSeconds(model.getValue().nanos / NANOS)
                    .build())
        .toList();
  }
}
