package dev.sluice.bench.autoscale;

import java.util.List;

/**
 * How it went.
 *
 * @param jobs all of them, done
 * @param replicaHours that were paid for, from the decision to start to the end
 * @param mostReplicas at one time, those that end among them
 */
record Outcome(List<Job> jobs, double replicaHours, int mostReplicas) {

  /** Seconds from a task's coming to its first step, that this share of tasks does not exceed. */
  double waited(double share) {
    double[] waits = jobs.stream().mapToDouble(job -> job.begun - job.arrival).sorted().toArray();
    return waits[(int) Math.ceil(share * waits.length) - 1];
  }

  /** Seconds from a task's coming to its end, likewise. */
  double took(double share) {
    double[] times = jobs.stream().mapToDouble(job -> job.done - job.arrival).sorted().toArray();
    return times[(int) Math.ceil(share * times.length) - 1];
  }

  /** Which share of what was paid for was work that was asked for. */
  double busy() {
    return jobs.stream().mapToDouble(job -> job.work).sum() / 3600 / replicaHours;
  }
}
