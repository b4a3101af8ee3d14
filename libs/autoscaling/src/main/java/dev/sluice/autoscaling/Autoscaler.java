package dev.sluice.autoscaling;

import dev.sluice.autoscaling.ScaledObject.Fallback;
import dev.sluice.autoscaling.ScaledObject.Spec;
import java.time.Duration;
import java.util.OptionalDouble;

/**
 * What KEDA and Kubernetes make of one ScaledObject with one trigger: KEDA wakes what sleeps and
 * sends to sleep what has had nothing to do for long, and while it is awake the {@link
 * HorizontalAutoscaler} says how many there are. Each looks in its own time.
 */
public final class Autoscaler {

  private final Spec spec;
  private final Scaler scaler;
  private final HorizontalAutoscaler horizontal;
  private Duration nextActivation = Duration.ZERO;
  private Duration nextNumber = Duration.ZERO;
  private Duration lastActive;
  private int failures;
  private OptionalDouble lastMetric = OptionalDouble.empty();

  /**
   * @param spec what holds for it
   * @param scaler asked each time
   */
  public Autoscaler(Spec spec, Scaler scaler) {
    this.spec = spec;
    this.scaler = scaler;
    this.horizontal =
        new HorizontalAutoscaler(spec.behavior(), spec.minReplicaCount(), spec.maxReplicaCount());
  }

  /**
   * How many replicas there are to be. Asks nobody before the time to look has come.
   *
   * @param now since any beginning; never before an earlier one
   * @param current how many there are, those that start among them and those that end not
   */
  public int replicas(Duration now, int current) {
    int wanted = Math.max(current, spec.minReplicaCount());
    if (now.compareTo(nextActivation) >= 0) {
      nextActivation = now.plusSeconds(spec.pollingInterval());
      wanted = awakeOrNot(now, wanted);
    }
    if (wanted > 0 && wanted == current && now.compareTo(nextNumber) >= 0) {
      nextNumber = now.plus(HorizontalAutoscaler.PERIOD);
      wanted = byMetric(now, current);
    }
    return wanted;
  }

  /** The metric when it was looked at last; empty while it is not known. */
  public OptionalDouble lastMetric() {
    return lastMetric;
  }

  private int awakeOrNot(Duration now, int current) {
    boolean active;
    try {
      active = scaler.isActive();
    } catch (RuntimeException e) {
      return failed(current);
    }
    failures = 0;
    if (active) {
      lastActive = now;
      return Math.max(1, current);
    }
    if (spec.minReplicaCount() > 0 || current == 0) {
      return current;
    }
    if (lastActive == null) {
      lastActive = now;
    }
    boolean cooledDown = now.minusSeconds(spec.cooldownPeriod()).compareTo(lastActive) >= 0;
    return cooledDown ? 0 : current;
  }

  private int byMetric(Duration now, int current) {
    double metric;
    double target;
    try {
      metric = scaler.metric();
      target = scaler.target();
    } catch (RuntimeException e) {
      return failed(current);
    }
    lastMetric = OptionalDouble.of(metric);
    return horizontal.replicas(now, current, metric, target);
  }

  /** Nothing is known: after a while the fallback's number, until then what there is. */
  private int failed(int current) {
    failures++;
    lastMetric = OptionalDouble.empty();
    Fallback fallback = spec.fallback();
    if (failures < fallback.failureThreshold()) {
      return current;
    }
    return switch (fallback.behavior()) {
      case currentReplicas -> current;
      case currentReplicasIfHigher -> Math.max(current, fallback.replicas());
      case currentReplicasIfLower -> Math.min(current, fallback.replicas());
    };
  }
}
