package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.autoscaling.ScaledObject;
import dev.sluice.contract.Topics;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Stages are scaled by what the scaler tells, and no faster than they can be. */
class KedaTest {

  private static final Pattern KEY = Pattern.compile("(?m)^    [A-Z_]+\\(\"(\\w+)\"\\)[,;]");

  private static List<ScaledObject> objects() {
    return Manifests.of(Manifests.EVERYTHING, "ScaledObject")
        .map(Models::read)
        .map(ScaledObject.class::cast)
        .toList();
  }

  private static Map<String, Deployment> deployments() {
    return Manifests.deployments(Manifests.EVERYTHING).stream()
        .collect(Collectors.toMap(one -> one.getMetadata().getName(), Function.identity()));
  }

  /** What the scaler knows, by its source. */
  private static List<String> keys() {
    String trigger =
        Sources.text(
            Manifests.HOME.resolve("scaler-svc/src/main/java/dev/sluice/scaler/Trigger.java"));
    return Sources.all(KEY, trigger).map(found -> found.group(1)).toList();
  }

  @Test
  void everyStageIsScaled_andNothingElse() {
    assertThat(objects().stream().map(object -> object.spec().scaleTargetRef().name()))
        .containsExactlyInAnyOrderElementsOf(Sources.stages().map(Topics::name).toList());
    assertThat(objects())
        .allSatisfy(
            object -> {
              assertThat(object.metadata().name()).isEqualTo(object.spec().scaleTargetRef().name());
              assertThat(deployments().get(object.metadata().name()).getSpec().getReplicas())
                  .as("applying manifests does not undo what KEDA did")
                  .isNull();
            });
  }

  @Test
  void triggersAskTheScalerForWhatItKnows() {
    Service service =
        Manifests.of(Manifests.EVERYTHING, "Service")
            .map(Models::read)
            .map(Service.class::cast)
            .filter(one -> one.getMetadata().getName().equals("scaler"))
            .findFirst()
            .orElseThrow();
    ServicePort port = service.getSpec().getPorts().get(0);
    assertThat(port.getPort().toString())
        .isEqualTo(Sources.properties("scaler").getProperty("quarkus.grpc.server.port"));
    assertThat(port.getTargetPort().getStrVal()).isEqualTo("grpc");
    assertThat(deployments().get("scaler").getSpec().getTemplate().getMetadata().getLabels())
        .containsAllEntriesOf(service.getSpec().getSelector());
    String address =
        "%s.%s:%d"
            .formatted(
                service.getMetadata().getName(),
                service.getMetadata().getNamespace(),
                port.getPort());

    assertThat(keys()).contains("stage", "secondsPerReplica");
    for (ScaledObject object : objects()) {
      assertThat(object.spec().triggers()).hasSize(1);
      ScaledObject.Trigger trigger = object.spec().triggers().get(0);
      assertThat(trigger.type()).isEqualTo("external");
      // A sum over replicas, to be shared out among them.
      assertThat(trigger.metricType()).isEqualTo(ScaledObject.MetricType.AverageValue);
      assertThat(trigger.metadata())
          .containsEntry("scalerAddress", address)
          .containsEntry("stage", object.metadata().name());
      assertThat(trigger.metadata().keySet())
          .filteredOn(key -> !key.equals("scalerAddress"))
          .isSubsetOf(keys());
      assertThat(Double.parseDouble(trigger.metadata().get("secondsPerReplica"))).isPositive();
    }
  }

  @Test
  void replicasAreSentHomeNoFasterThanTheyHandOver() {
    for (ScaledObject object : objects()) {
      long ending =
          deployments()
              .get(object.metadata().name())
              .getSpec()
              .getTemplate()
              .getSpec()
              .getTerminationGracePeriodSeconds();
      ScaledObject.Rules down = object.spec().behavior().scaleDown();

      assertThat(down.policies())
          .singleElement()
          .satisfies(
              policy -> {
                assertThat(policy.type()).isEqualTo(ScaledObject.PolicyType.Pods);
                assertThat(policy.value()).isEqualTo(1);
                assertThat((long) policy.periodSeconds()).isGreaterThanOrEqualTo(ending);
              });
      assertThat((long) down.stabilizationWindowSeconds()).isGreaterThanOrEqualTo(ending);
      assertThat((long) object.spec().cooldownPeriod()).isGreaterThanOrEqualTo(ending);
    }
  }

  @Test
  void aStageSleepsAndWakes() {
    for (ScaledObject object : objects()) {
      ScaledObject.Spec spec = object.spec();
      assertThat(spec.minReplicaCount()).isZero();
      assertThat(spec.maxReplicaCount()).isGreaterThan(1);
      assertThat(spec.pollingInterval()).isBetween(1, 30);
      assertThat(spec.fallback().behavior())
          .as("nobody is sent home because the scaler is away")
          .isEqualTo(ScaledObject.Fallback.Which.currentReplicasIfHigher);
      assertThat(spec.fallback().replicas()).isPositive();
      ScaledObject.Rules up = spec.behavior().scaleUp();
      assertThat(up.stabilizationWindowSeconds()).isZero();
      assertThat(up.policies()).allMatch(policy -> policy.periodSeconds() <= 1800);
    }
  }

  @Test
  void kedaAloneAsksTheScaler() {
    NetworkPolicy policy =
        Manifests.of(Manifests.EVERYTHING, "NetworkPolicy")
            .map(Models::read)
            .map(NetworkPolicy.class::cast)
            .filter(one -> one.getMetadata().getName().equals("scaler"))
            .findFirst()
            .orElseThrow();

    assertThat(policy.getSpec().getPodSelector().getMatchLabels())
        .containsEntry("app.kubernetes.io/component", "scaler");
    assertThat(policy.getSpec().getIngress())
        .singleElement()
        .satisfies(
            rule -> {
              assertThat(rule.getFrom())
                  .singleElement()
                  .satisfies(
                      from ->
                          assertThat(from.getNamespaceSelector().getMatchLabels())
                              .containsExactly(Map.entry("kubernetes.io/metadata.name", "keda")));
              assertThat(rule.getPorts())
                  .singleElement()
                  .satisfies(port -> assertThat(port.getPort().getStrVal()).isEqualTo("grpc"));
            });
  }
}
