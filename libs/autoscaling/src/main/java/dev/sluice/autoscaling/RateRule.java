package dev.sluice.autoscaling;

import dev.sluice.autoscaling.ScaledObject.Policy;
import dev.sluice.autoscaling.ScaledObject.PolicyType;
import dev.sluice.autoscaling.ScaledObject.Rules;
import dev.sluice.autoscaling.ScaledObject.SelectPolicy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntBinaryOperator;
import java.util.function.ToIntFunction;

/**
 * How far the number of replicas may go at once: policies count from what there were at the
 * beginning of their period, which is what there are but for the changes since.
 */
final class RateRule {

  private final Deque<Change> changes = new ArrayDeque<>();

  private record Change(Duration at, int replicas) {}

  /** Takes notice of a change; {@code replicas} is below 0 where some were sent home. */
  void changed(Duration now, int replicas) {
    if (replicas != 0) {
      changes.add(new Change(now, replicas));
    }
  }

  /** The most that there may be now. */
  int most(Duration now, int current, Rules rules) {
    return limit(
        current,
        rules,
        Math::max,
        Math::min,
        policy -> {
          int before = current - since(now, policy);
          return policy.type() == PolicyType.Pods
              ? before + policy.value()
              : (int) Math.ceil(before * (1 + policy.value() / 100.0));
        });
  }

  /** The fewest that there may be now. */
  int fewest(Duration now, int current, Rules rules) {
    return limit(
        current,
        rules,
        Math::min,
        Math::max,
        policy -> {
          int before = current - since(now, policy);
          return policy.type() == PolicyType.Pods
              ? before - policy.value()
              : (int) (before * (1 - policy.value() / 100.0));
        });
  }

  private static int limit(
      int current,
      Rules rules,
      IntBinaryOperator further,
      IntBinaryOperator nearer,
      ToIntFunction<Policy> allowed) {
    if (rules.selectPolicy() == SelectPolicy.Disabled) {
      return current;
    }
    return rules.policies().stream()
        .mapToInt(allowed)
        .reduce(rules.selectPolicy() == SelectPolicy.Min ? nearer : further)
        .orElse(current);
  }

  private int since(Duration now, Policy policy) {
    Duration begin = now.minusSeconds(policy.periodSeconds());
    return changes.stream()
        .filter(change -> change.at().compareTo(begin) > 0)
        .mapToInt(Change::replicas)
        .sum();
  }
}
