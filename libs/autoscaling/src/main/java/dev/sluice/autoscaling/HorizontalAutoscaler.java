package dev.sluice.autoscaling;

import dev.sluice.autoscaling.ScaledObject.Behavior;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The rule of Kubernetes' HorizontalPodAutoscaler (autoscaling/v2) for one metric with an average
 * value for its target: as many replicas as bring the average to the target, unless it is within a
 * tenth of it; of the numbers that were wanted lately the one that changes least; and no further at
 * once than the policies allow.
 */
public final class HorizontalAutoscaler {

  /** Between two looks, in Kubernetes as it comes. */
  public static final Duration PERIOD = Duration.ofSeconds(15);

  /** {@code --horizontal-pod-autoscaler-tolerance}, in Kubernetes as it comes. */
  private static final double TOLERANCE = 0.1;

  private final Behavior behavior;
  private final int least;
  private final int most;
  private final RateRule rate = new RateRule();
  private final Deque<Wanted> lately = new ArrayDeque<>();

  private record Wanted(Duration at, int replicas) {}

  /**
   * @param least of replicas; at least 1, as it cannot wake what sleeps
   * @param most of replicas
   */
  public HorizontalAutoscaler(Behavior behavior, int least, int most) {
    this.behavior = behavior;
    this.least = Math.max(1, least);
    this.most = most;
  }

  /**
   * How many replicas there are to be now.
   *
   * @param now since any beginning; never before an earlier one
   * @param current how many there are; above 0
   * @param metric summed over all replicas
   * @param target of each replica; above 0
   */
  public int replicas(Duration now, int current, double metric, double target) {
    int wanted = Math.max(least, Math.min(most, byMetric(current, metric, target)));
    int calm = stabilized(now, current, wanted);
    int next = calm;
    if (calm > current) {
      // Where the limit is below what there is, because many were added lately, they stay.
      next = Math.min(calm, Math.max(current, rate.most(now, current, behavior.scaleUp())));
    } else if (calm < current) {
      next = Math.max(calm, Math.min(current, rate.fewest(now, current, behavior.scaleDown())));
    }
    rate.changed(now, next - current);
    return next;
  }

  private static int byMetric(int current, double metric, double target) {
    double share = metric / (target * current);
    return Math.abs(share - 1) <= TOLERANCE ? current : (int) Math.ceil(metric / target);
  }

  private int stabilized(Duration now, int current, int wanted) {
    lately.add(new Wanted(now, wanted));
    int up = wanted;
    int down = wanted;
    for (Wanted one : lately) {
      if (isWithin(one, now, behavior.scaleUp().stabilizationWindowSeconds())) {
        up = Math.min(up, one.replicas());
      }
      if (isWithin(one, now, behavior.scaleDown().stabilizationWindowSeconds())) {
        down = Math.max(down, one.replicas());
      }
    }
    int longest =
        Math.max(
            behavior.scaleUp().stabilizationWindowSeconds(),
            behavior.scaleDown().stabilizationWindowSeconds());
    lately.removeIf(one -> !isWithin(one, now, longest));
    return Math.min(Math.max(current, up), down);
  }

  private static boolean isWithin(Wanted one, Duration now, int seconds) {
    return one.at().compareTo(now.minusSeconds(seconds)) > 0;
  }
}
