package dev.sluice.autoscaling;

/**
 * What an external scaler of KEDA's tells of a workload. Each may throw an unchecked exception
 * where it does not answer.
 */
public interface Scaler {

  /** Whether there is anything to do at all. */
  boolean isActive();

  /** The metric, summed over all replicas. */
  double metric();

  /** What the metric may be for each replica; above 0. */
  double target();
}
