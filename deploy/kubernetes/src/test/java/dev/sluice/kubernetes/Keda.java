package dev.sluice.kubernetes;

import java.util.List;
import java.util.Map;

/** The fields of KEDA's resources (API version v1alpha1) that are in use, and no others. */
final class Keda {

  private Keda() {}

  record ScaledObject(
      String apiVersion, String kind, Strimzi.Metadata metadata, ScaledObjectSpec spec) {}

  record ScaledObjectSpec(
      Target scaleTargetRef,
      int pollingInterval,
      int cooldownPeriod,
      int minReplicaCount,
      int maxReplicaCount,
      Fallback fallback,
      Advanced advanced,
      List<Trigger> triggers) {}

  record Target(String name) {}

  record Fallback(int failureThreshold, int replicas, Behavior behavior) {

    /** The ones that there are. */
    enum Behavior {
      currentReplicas,
      currentReplicasIfHigher,
      currentReplicasIfLower
    }
  }

  record Advanced(HpaConfig horizontalPodAutoscalerConfig) {}

  record HpaConfig(Scaling behavior) {}

  record Scaling(Rules scaleUp, Rules scaleDown) {}

  record Rules(int stabilizationWindowSeconds, SelectPolicy selectPolicy, List<Policy> policies) {}

  /** Which of several policies holds. */
  enum SelectPolicy {
    Max,
    Min,
    Disabled
  }

  /** What a policy counts. */
  enum PolicyType {
    Pods,
    Percent
  }

  record Policy(PolicyType type, int value, int periodSeconds) {}

  /** How a metric is compared with its target. */
  enum MetricType {
    AverageValue,
    Value
  }

  record Trigger(String type, MetricType metricType, Map<String, String> metadata) {}
}
