package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.Topics;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The services of a cluster are those of the code, each with what a careful cluster asks for. */
class ServicesTest {

  static List<String> folders() {
    return Manifests.ALL;
  }

  private static String component(Deployment deployment) {
    return deployment.getSpec().getSelector().getMatchLabels().get("app.kubernetes.io/component");
  }

  /** A stage has one Deployment, or one for each of its pools. */
  private static String name(Deployment deployment) {
    String pool = deployment.getSpec().getSelector().getMatchLabels().get("pool");
    return component(deployment) + (pool == null ? "" : "-" + pool);
  }

  private static PodSpec pod(Deployment deployment) {
    return deployment.getSpec().getTemplate().getSpec();
  }

  private static Container container(Deployment deployment) {
    assertThat(pod(deployment).getContainers()).hasSize(1);
    return pod(deployment).getContainers().get(0);
  }

  @ParameterizedTest
  @MethodSource("folders")
  void everyServiceIsThere(String folder) {
    List<String> stages = Sources.stages().map(Topics::name).toList();

    assertThat(Manifests.deployments(folder).stream().map(ServicesTest::component).distinct())
        .containsExactlyInAnyOrderElementsOf(Sources.SERVICES)
        .containsAll(stages);
    assertThat(Manifests.deployments(folder))
        .allSatisfy(
            deployment -> {
              assertThat(deployment.getMetadata().getName()).isEqualTo(name(deployment));
              assertThat(container(deployment).getImage())
                  .matches("sluice-" + component(deployment) + ":0\\.1\\.0(-gpu)?");
            });
  }

  @ParameterizedTest
  @MethodSource("folders")
  void portsAreThoseThatServicesListenOn(String folder) {
    for (Deployment deployment : Manifests.deployments(folder)) {
      Properties service = Sources.properties(component(deployment));
      Map<String, Integer> ports =
          container(deployment).getPorts().stream()
              .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));

      assertThat(ports.get("http"))
          .isEqualTo(Integer.valueOf(service.getProperty("quarkus.http.port")));
      if (List.of("gateway", "scaler").contains(component(deployment))) {
        assertThat(ports.get("grpc"))
            .isEqualTo(Integer.valueOf(service.getProperty("quarkus.grpc.server.port")));
      } else {
        assertThat(ports).as("stages listen to probes only").containsOnlyKeys("http");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void probesAskWhatQuarkusAnswers(String folder) {
    for (Deployment deployment : Manifests.deployments(folder)) {
      Container container = container(deployment);

      assertThat(path(container.getReadinessProbe())).isEqualTo("/q/health/ready");
      assertThat(path(container.getLivenessProbe())).isEqualTo("/q/health/live");
      assertThat(path(container.getStartupProbe())).isEqualTo("/q/health/live");
      // The paths would be others with these.
      assertThat(Sources.properties(component(deployment)).stringPropertyNames())
          .doesNotContain(
              "quarkus.http.root-path",
              "quarkus.http.non-application-root-path",
              "quarkus.smallrye-health.root-path",
              "quarkus.management.enabled");
    }
  }

  private static String path(Probe probe) {
    assertThat(probe.getHttpGet().getPort()).isEqualTo(new IntOrString("http"));
    return probe.getHttpGet().getPath();
  }

  @ParameterizedTest
  @MethodSource("folders")
  void servicesAreNobodyAndChangeNothingOfTheirImage(String folder) {
    for (Deployment deployment : Manifests.deployments(folder)) {
      PodSpec pod = pod(deployment);
      Container container = container(deployment);

      assertThat(pod.getAutomountServiceAccountToken()).isFalse();
      assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
      assertThat(pod.getSecurityContext().getSeccompProfile().getType())
          .isEqualTo("RuntimeDefault");
      assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
      assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
      assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
      assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
      assertThat(container.getResources().getLimits().get("memory"))
          .isEqualTo(container.getResources().getRequests().get("memory"));
    }
  }

  /** ShareGroupWorker gives 20 s to work that ends in good order and 5 s to what it interrupts. */
  @ParameterizedTest
  @MethodSource("folders")
  void endingTakesNoLongerThanItMay(String folder) {
    String worker =
        Sources.ofServices().stream()
            .filter(source -> source.contains("class ShareGroupWorker"))
            .findFirst()
            .orElseThrow();
    long seconds =
        Sources.all(
                java.util.regex.Pattern.compile(
                    "(?:GRACE|RELEASE_TIME) = Duration\\.ofSeconds\\((\\d+)\\)"),
                worker)
            .mapToLong(found -> Long.parseLong(found.group(1)))
            .sum();

    assertThat(seconds).isGreaterThan(20);
    for (Deployment deployment : Manifests.deployments(folder)) {
      assertThat(pod(deployment).getTerminationGracePeriodSeconds())
          .isGreaterThanOrEqualTo(seconds + 10);
    }
  }

  /** The API server refuses a volume of two kinds, which patches can make. */
  @ParameterizedTest
  @MethodSource("folders")
  void aVolumeIsOfOneKind(String folder) {
    Manifests.of(folder, "Deployment")
        .flatMap(
            deployment ->
                StreamSupport.stream(
                    deployment.at("/spec/template/spec/volumes").spliterator(), false))
        .forEach(volume -> assertThat(volume).as("%s", volume).hasSize(2));
  }

  @ParameterizedTest
  @MethodSource("folders")
  void whatIsMountedIsThere(String folder) {
    List<String> claims =
        Manifests.of(folder, "PersistentVolumeClaim")
            .map(claim -> claim.at("/metadata/name").asText())
            .toList();
    for (Deployment deployment : Manifests.deployments(folder)) {
      List<String> volumes = new ArrayList<>();
      pod(deployment)
          .getVolumes()
          .forEach(
              volume -> {
                volumes.add(volume.getName());
                if (volume.getPersistentVolumeClaim() != null) {
                  assertThat(claims).contains(volume.getPersistentVolumeClaim().getClaimName());
                }
              });

      assertThat(container(deployment).getVolumeMounts().stream().map(VolumeMount::getName))
          .containsExactlyInAnyOrderElementsOf(volumes)
          .contains("scratch", "tmp");
      assertThat(volumes.contains("blobs"))
          .isEqualTo(!folder.equals(Manifests.BUCKET) && !component(deployment).equals("scaler"));
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void disruptionsAreCountedForEachService(String folder) {
    assertThat(
            Manifests.of(folder, "PodDisruptionBudget")
                .map(Models::read)
                .map(PodDisruptionBudget.class::cast)
                .map(budget -> budget.getSpec().getSelector().getMatchLabels()))
        .containsExactlyInAnyOrderElementsOf(
            Manifests.deployments(folder).stream()
                .map(deployment -> deployment.getSpec().getSelector().getMatchLabels())
                .toList());
  }

  @ParameterizedTest
  @MethodSource("folders")
  void theGatewaysServiceLeadsToItsPorts(String folder) {
    Service service =
        Manifests.of(folder, "Service")
            .map(Models::read)
            .map(Service.class::cast)
            .filter(one -> one.getMetadata().getName().equals("gateway"))
            .findFirst()
            .orElseThrow();
    Deployment gateway =
        Manifests.deployments(folder).stream()
            .filter(deployment -> component(deployment).equals("gateway"))
            .findFirst()
            .orElseThrow();

    assertThat(gateway.getSpec().getTemplate().getMetadata().getLabels())
        .containsAllEntriesOf(service.getSpec().getSelector());
    assertThat(
            service.getSpec().getPorts().stream()
                .map(ServicePort::getTargetPort)
                .map(IntOrString::getStrVal))
        .containsExactlyInAnyOrderElementsOf(
            container(gateway).getPorts().stream().map(ContainerPort::getName).toList());
  }

  @Test
  void nothingIsOpenButWhatIsNamed() {
    Map<String, NetworkPolicy> policies =
        Manifests.of(Manifests.EVERYTHING, "NetworkPolicy")
            .map(Models::read)
            .map(NetworkPolicy.class::cast)
            .collect(Collectors.toMap(policy -> policy.getMetadata().getName(), policy -> policy));

    NetworkPolicy all = policies.get("sluice");
    assertThat(all.getSpec().getPodSelector().getMatchLabels())
        .containsExactly(Map.entry("app.kubernetes.io/name", "sluice"));
    assertThat(all.getSpec().getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress");
    assertThat(all.getSpec().getIngress()).isNullOrEmpty();
    assertThat(all.getSpec().getEgress()).isNullOrEmpty();
    for (Deployment deployment : Manifests.deployments(Manifests.EVERYTHING)) {
      assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels())
          .containsEntry("app.kubernetes.io/name", "sluice");
    }
    // Kafka's and the collector's ports are the only ways out that there are beside names, metrics'
    // the only way to a stage; the scaler's is KedaTest's.
    assertThat(policies)
        .containsOnlyKeys("sluice", "names", "kafka", "tracing", "gateway", "metrics", "scaler");
    assertThat(ports(policies.get("tracing").getSpec().getEgress().get(0).getPorts()))
        .containsExactly("4318");
    assertThat(policies.get("tracing").getSpec().getEgress().get(0).getTo()).hasSize(1);
    assertThat(policies.get("gateway").getSpec().getPodSelector().getMatchLabels())
        .containsEntry("app.kubernetes.io/component", "gateway");
    assertThat(ports(policies.get("kafka").getSpec().getEgress().get(0).getPorts()))
        .containsExactly("9093");
    assertThat(policies.get("kafka").getSpec().getEgress().get(0).getTo()).hasSize(1);
    assertThat(ports(policies.get("metrics").getSpec().getIngress().get(0).getPorts()))
        .containsExactly("http");
    assertThat(policies.get("metrics").getSpec().getIngress().get(0).getFrom()).hasSize(1);
  }

  private static List<String> ports(List<NetworkPolicyPort> ports) {
    return ports.stream().map(port -> port.getPort().getValue().toString()).toList();
  }
}
