package dev.sluice.autoscaling;

import java.util.List;
import java.util.Map;

/**
 * KEDA's resource of that name (API version v1alpha1) with the fields that are in use, and no
 * others: what scales a workload, between which numbers of replicas, and how fast.
 */
public record ScaledObject(String apiVersion, String kind, Metadata metadata, Spec spec) {

  public record Metadata(
      String name, String namespace, Map<String, String> labels, Map<String, String> annotations) {}

  /**
   * @param pollingInterval seconds between two looks at whether a workload that sleeps is needed
   * @param cooldownPeriod seconds after the last activity until the workload goes to sleep
   */
  public record Spec(
      Target scaleTargetRef,
      int pollingInterval,
      int cooldownPeriod,
      int minReplicaCount,
      int maxReplicaCount,
      Fallback fallback,
      Advanced advanced,
      List<Trigger> triggers) {

    /** The same workload between other numbers of replicas. */
    public Spec between(int least, int most) {
      return new Spec(
          scaleTargetRef,
          pollingInterval,
          cooldownPeriod,
          least,
          most,
          fallback,
          advanced,
          triggers);
    }

    /** How fast the number of replicas may change. */
    public Behavior behavior() {
      return advanced.horizontalPodAutoscalerConfig().behavior();
    }
  }

  public record Target(String name) {}

  /**
   * What holds while the scaler does not answer.
   *
   * @param failureThreshold after so many failures one after the other
   */
  public record Fallback(int failureThreshold, int replicas, Which behavior) {

    /** The ones that there are. */
    public enum Which {
      currentReplicas,
      currentReplicasIfHigher,
      currentReplicasIfLower
    }
  }

  public record Advanced(HpaConfig horizontalPodAutoscalerConfig) {}

  public record HpaConfig(Behavior behavior) {}

  /** Of Kubernetes' HorizontalPodAutoscaler (autoscaling/v2). */
  public record Behavior(Rules scaleUp, Rules scaleDown) {}

  /**
   * @param stabilizationWindowSeconds of the numbers that were wanted so lately, the one that
   *     changes least holds
   */
  public record Rules(
      int stabilizationWindowSeconds, SelectPolicy selectPolicy, List<Policy> policies) {}

  /** Which of several policies holds: the one that allows most, or least. */
  public enum SelectPolicy {
    Max,
    Min,
    Disabled
  }

  /** What a policy counts. */
  public enum PolicyType {
    Pods,
    Percent
  }

  /** No change by more than {@code value} within {@code periodSeconds}. */
  public record Policy(PolicyType type, int value, int periodSeconds) {}

  /** How a metric is compared with its target. */
  public enum MetricType {
    AverageValue,
    Value
  }

  public record Trigger(String type, MetricType metricType, Map<String, String> metadata) {}
}
