package dev.sluice.bench.autoscale;

import java.util.ArrayList;
import java.util.List;

/** One process of the stage: it works on several tasks side by side, each at its share of speed. */
final class Replica {

  final double started;

  /** When its models are loaded. */
  final double ready;

  /** When its node is taken back; infinite for never. */
  final double dies;

  final List<Job> jobs = new ArrayList<>();

  /** When it is gone after it was told to end; NaN while it was not. */
  double gone = Double.NaN;

  Replica(double started, double ready, double dies) {
    this.started = started;
    this.ready = ready;
    this.dies = dies;
  }

  boolean isEnding() {
    return !Double.isNaN(gone);
  }

  boolean takes(double second, int slots) {
    return !isEnding() && second >= ready && jobs.size() < slots;
  }

  /** When the first of its tasks is done if nothing changes; infinite without any. */
  double nextDone(double second) {
    return jobs.stream()
        .mapToDouble(job -> second + job.left * jobs.size())
        .min()
        .orElse(Double.POSITIVE_INFINITY);
  }

  void work(double seconds) {
    for (Job job : jobs) {
      job.left -= seconds / jobs.size();
    }
  }
}
