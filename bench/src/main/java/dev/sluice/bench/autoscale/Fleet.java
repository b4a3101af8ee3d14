package dev.sluice.bench.autoscale;

import dev.sluice.autoscaling.Autoscaler;
import dev.sluice.autoscaling.ScaledObject;
import dev.sluice.autoscaling.Scaler;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/** How many replicas there are to be. */
interface Fleet {

  /** What somebody who looks at the topic sees. */
  interface Backlog {

    /** Tasks that wait or are in work. */
    int tasks();

    /** Their work in seconds of one replica, as declared: of what is in work all of it. */
    double seconds();
  }

  /**
   * @param current without those that end
   */
  int replicas(double second, int current);

  /** Always the same. */
  static Fleet fixed(int replicas) {
    return (second, current) -> replicas;
  }

  /** By seconds of work, as the scaler tells them ({@code Trigger.metric}). */
  static Fleet byWork(ScaledObject.Spec spec, double secondsPerReplica, Backlog backlog) {
    return scaled(
        spec,
        secondsPerReplica,
        backlog,
        seen -> Math.min(seen.seconds(), seen.tasks() * secondsPerReplica));
  }

  /** By the number of tasks, as scalers of queues do. */
  static Fleet byTasks(ScaledObject.Spec spec, double tasksPerReplica, Backlog backlog) {
    return scaled(spec, tasksPerReplica, backlog, Backlog::tasks);
  }

  private static Fleet scaled(
      ScaledObject.Spec spec, double target, Backlog backlog, ToDoubleFunction<Backlog> metric) {
    Autoscaler autoscaler =
        new Autoscaler(
            spec,
            new Scaler() {
              @Override
              public boolean isActive() {
                return backlog.tasks() > 0;
              }

              @Override
              public double metric() {
                return metric.applyAsDouble(backlog);
              }

              @Override
              public double target() {
                return target;
              }
            });
    return (second, current) ->
        autoscaler.replicas(Duration.ofMillis(Math.round(1000 * second)), current);
  }
}
