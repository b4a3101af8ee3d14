package dev.sluice.bench.autoscale;

/** One task of the stage. */
final class Job {

  /** When it comes, in seconds. */
  final double arrival;

  /** How long a replica works on it that does nothing else, in seconds. */
  final double work;

  /** What is left of that. */
  double left;

  /** When a replica first took it; NaN before. */
  double begun = Double.NaN;

  /** When it was done; NaN before. */
  double done = Double.NaN;

  /** Nobody can take it before: it was taken by a replica that is gone without a word. */
  double lockedUntil;

  Job(double arrival, double work) {
    this.arrival = arrival;
    this.work = work;
    this.left = work;
  }
}
