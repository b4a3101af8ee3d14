package dev.sluice.bench.autoscale;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Discrete events: tasks come, replicas start, work, are told to end and are taken away; whoever
 * scales looks every second, as it may, and acts when its own periods say so.
 */
final class Simulation implements Fleet.Backlog {

  private static final double LOOK = 1;

  /** Two times that differ by less are one. */
  private static final double INSTANT = 1e-9;

  private final Workload workload;
  private final Costs costs;
  private final Fleet fleet;
  private final SplittableRandom random;
  private final List<Job> jobs = new ArrayList<>();
  private final List<Job> waiting = new ArrayList<>();
  private final List<Replica> replicas = new ArrayList<>();
  private double now;
  private double nextLook;
  private int arrived;
  private int done;
  private double replicaSeconds;
  private int mostReplicas;

  private Simulation(
      Workload workload, Costs costs, Function<Fleet.Backlog, Fleet> fleet, long seed) {
    this.workload = workload;
    this.costs = costs;
    this.fleet = fleet.apply(this);
    this.random = new SplittableRandom(seed);
    workload.arrivals().forEach(arrival -> jobs.add(new Job(arrival.second(), arrival.work())));
  }

  /**
   * Runs until all is done and the time is over.
   *
   * @param fleet made for what is seen of this run
   * @param seed of the times at which nodes are taken back
   */
  static Outcome run(
      Workload workload, Costs costs, Function<Fleet.Backlog, Fleet> fleet, long seed) {
    return new Simulation(workload, costs, fleet, seed).run();
  }

  @Override
  public int tasks() {
    return arrived - done;
  }

  @Override
  public double seconds() {
    double sum = 0;
    for (int job = 0; job < arrived; job++) {
      if (Double.isNaN(jobs.get(job).done)) {
        sum += jobs.get(job).work;
      }
    }
    return sum;
  }

  private Outcome run() {
    double end = workload.hours() * 3600;
    while (done < jobs.size() || now < end) {
      advance(nextEvent());
      finish();
      arrive();
      leave();
      if (now >= nextLook - INSTANT) {
        nextLook += LOOK;
        scale();
      }
      handOut();
    }
    replicas.forEach(replica -> replicaSeconds += now - replica.started);
    return new Outcome(jobs, replicaSeconds / 3600, mostReplicas);
  }

  private double nextEvent() {
    double next = nextLook;
    if (arrived < jobs.size()) {
      next = Math.min(next, jobs.get(arrived).arrival);
    }
    for (Replica replica : replicas) {
      next = Math.min(next, replica.nextDone(now));
    }
    return Math.max(next, now);
  }

  private void advance(double next) {
    for (Replica replica : replicas) {
      replica.work(next - now);
    }
    now = next;
  }

  private void finish() {
    for (Replica replica : replicas) {
      for (Job job : List.copyOf(replica.jobs)) {
        if (job.left <= INSTANT) {
          job.done = now;
          done++;
          replica.jobs.remove(job);
        }
      }
    }
  }

  private void arrive() {
    while (arrived < jobs.size() && jobs.get(arrived).arrival <= now + INSTANT) {
      waiting.add(jobs.get(arrived));
      arrived++;
    }
  }

  private void leave() {
    for (Replica replica : List.copyOf(replicas)) {
      if (replica.dies <= now) {
        for (Job job : replica.jobs) {
          job.left = Math.min(job.work, job.left + costs.lost());
          job.lockedUntil = now + costs.lock();
        }
        giveBack(replica);
        remove(replica);
      } else if (replica.gone <= now) {
        remove(replica);
      }
    }
  }

  private void giveBack(Replica replica) {
    waiting.addAll(replica.jobs);
    replica.jobs.clear();
    waiting.sort(Comparator.comparingDouble(job -> job.arrival));
  }

  private void remove(Replica replica) {
    replicas.remove(replica);
    replicaSeconds += now - replica.started;
  }

  private void scale() {
    List<Replica> staying = replicas.stream().filter(replica -> !replica.isEnding()).toList();
    int wanted = fleet.replicas(now, staying.size());
    for (int more = staying.size(); more < wanted; more++) {
      replicas.add(new Replica(now, now + costs.start(), now + life()));
    }
    // The youngest first, as Kubernetes does.
    for (int fewer = staying.size(); fewer > wanted; fewer--) {
      Replica last = staying.get(fewer - 1);
      giveBack(last);
      last.gone = now + costs.handOver();
    }
    mostReplicas = Math.max(mostReplicas, replicas.size());
  }

  private double life() {
    return Double.isInfinite(workload.meanLife())
        ? Double.POSITIVE_INFINITY
        : -Math.log(1 - random.nextDouble()) * workload.meanLife() * 3600;
  }

  /** To whoever has least to do: who has a free slot asks at once. */
  private void handOut() {
    for (Job job : List.copyOf(waiting)) {
      if (job.lockedUntil > now) {
        continue;
      }
      Replica free =
          replicas.stream()
              .filter(replica -> replica.takes(now, costs.slots()))
              .min(Comparator.comparingInt(replica -> replica.jobs.size()))
              .orElse(null);
      if (free == null) {
        return;
      }
      waiting.remove(job);
      free.jobs.add(job);
      if (Double.isNaN(job.begun)) {
        job.begun = now;
      }
    }
  }
}
