package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.autoscaling.ScaledObject;
import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.Topics;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each pool that the services are told of has workers, a budget and a scaling of its own. */
class PoolsTest {

  private static final String LABEL = "pool";

  static List<String> folders() {
    return Manifests.ALL;
  }

  static List<String> foldersWithPools() {
    return List.of(Manifests.POOLS, Manifests.POOLS_OF_ONES_OWN);
  }

  /** What the services of a folder are told. */
  private static Pools told(String folder) {
    List<String> entries =
        Manifests.of(folder, "ConfigMap")
            .filter(map -> map.at("/metadata/name").asText().matches("sluice-[a-z0-9]{10}"))
            .map(map -> map.at("/data/SLUICE_POOLS").asText())
            .filter(pools -> !pools.isEmpty())
            .flatMap(pools -> Stream.of(pools.split(",")))
            .toList();
    return Pools.of(entries);
  }

  private static List<Deployment> stages(String folder) {
    return Manifests.deployments(folder).stream()
        .filter(one -> "stage".equals(one.getMetadata().getLabels().get("sluice.dev/part")))
        .toList();
  }

  private static Map<String, String> selected(Deployment deployment) {
    return deployment.getSpec().getSelector().getMatchLabels();
  }

  private static Map<String, String> pods(Deployment deployment) {
    return deployment.getSpec().getTemplate().getMetadata().getLabels();
  }

  private static PodSpec pod(Deployment deployment) {
    return deployment.getSpec().getTemplate().getSpec();
  }

  private static List<Pool> pools(String folder) {
    Pools told = told(folder);
    List<Pool> pools = new ArrayList<>();
    for (Deployment deployment : stages(folder)) {
      Map<String, String> labels = pods(deployment);
      pools.add(
          told.named(
              Sources.stages()
                  .filter(
                      stage -> Topics.name(stage).equals(labels.get("app.kubernetes.io/component")))
                  .findFirst()
                  .orElseThrow(),
              labels.getOrDefault(LABEL, "")));
    }
    return pools;
  }

  @ParameterizedTest
  @MethodSource("folders")
  void poolsThatServicesAreToldOf_areThoseThatHaveWorkers(String folder) {
    assertThat(pools(folder)).containsExactlyInAnyOrderElementsOf(told(folder).all());
  }

  @Test
  void thereArePools() {
    assertThat(told(Manifests.POOLS).all()).extracting(Pool::name).contains("large", "small");
    assertThat(told(Manifests.POOLS_OF_ONES_OWN).all())
        .extracting(Pool::name)
        .contains("large", "small", "huge", "texts");
  }

  @ParameterizedTest
  @MethodSource("folders")
  void workersJoinThePoolOfTheirLabel_orNone(String folder) {
    for (Deployment deployment : Manifests.deployments(folder)) {
      Optional<EnvVar> pool =
          pod(deployment).getContainers().get(0).getEnv().stream()
              .filter(variable -> variable.getName().equals("SLUICE_POOL"))
              .findFirst();

      assertThat(pool.map(variable -> variable.getValueFrom().getFieldRef().getFieldPath()))
          .isEqualTo(
              pods(deployment).containsKey(LABEL)
                  ? Optional.of("metadata.labels['" + LABEL + "']")
                  : Optional.empty());
    }
  }

  /** Two controllers whose selectors match a pod each take it for their own. */
  @ParameterizedTest
  @MethodSource("folders")
  void podsAreSelectedByTheirDeploymentAndItsBudgetOnly(String folder) {
    List<PodDisruptionBudget> budgets =
        Manifests.of(folder, "PodDisruptionBudget")
            .map(Models::read)
            .map(PodDisruptionBudget.class::cast)
            .toList();
    for (Deployment deployment : Manifests.deployments(folder)) {
      Map<String, String> pods = pods(deployment);
      String name = deployment.getMetadata().getName();

      assertThat(
              Manifests.deployments(folder).stream()
                  .filter(one -> pods.entrySet().containsAll(selected(one).entrySet()))
                  .map(one -> one.getMetadata().getName()))
          .containsExactly(name);
      assertThat(
              budgets.stream()
                  .filter(
                      budget ->
                          pods.entrySet()
                              .containsAll(
                                  budget.getSpec().getSelector().getMatchLabels().entrySet()))
                  .map(budget -> budget.getMetadata().getName()))
          .containsExactly(name);
      assertThat(pod(deployment).getTopologySpreadConstraints())
          .allSatisfy(
              spread ->
                  assertThat(pods)
                      .containsAllEntriesOf(spread.getLabelSelector().getMatchLabels()));
    }
  }

  @ParameterizedTest
  @MethodSource("foldersWithPools")
  void everyPoolIsScaledByItself(String folder) {
    List<ScaledObject> objects =
        Manifests.of(folder, "ScaledObject")
            .map(Models::read)
            .map(ScaledObject.class::cast)
            .toList();

    assertThat(objects.stream().map(object -> object.spec().scaleTargetRef().name()))
        .containsExactlyInAnyOrderElementsOf(
            stages(folder).stream().map(one -> one.getMetadata().getName()).toList());
    for (ScaledObject object : objects) {
      Map<String, String> labels =
          pods(
              stages(folder).stream()
                  .filter(
                      one ->
                          one.getMetadata().getName().equals(object.spec().scaleTargetRef().name()))
                  .findFirst()
                  .orElseThrow());
      Map<String, String> asked = object.spec().triggers().get(0).metadata();

      assertThat(asked).containsEntry("stage", labels.get("app.kubernetes.io/component"));
      assertThat(asked.get("pool")).isEqualTo(labels.get(LABEL));
      assertThat(object.spec().behavior().scaleDown().policies()).hasSize(1);
    }
  }

  /** A pool is taken from an overlay, of which nothing else may come with it a second time. */
  @ParameterizedTest
  @MethodSource("foldersWithPools")
  void aPoolBringsItsWorkersOnly(String folder) {
    List<String> endings =
        told(folder).all().stream()
            .filter(pool -> !pool.name().isEmpty())
            .map(pool -> "-" + pool.name())
            .toList();

    assertThat(
            Manifests.of(folder).stream()
                .filter(
                    one -> endings.stream().anyMatch(one.at("/metadata/name").asText()::endsWith))
                .map(one -> one.path("kind").asText())
                .distinct())
        .containsExactlyInAnyOrder("Deployment", "PodDisruptionBudget", "ScaledObject");
  }

  @Test
  void thePoolOfLargeModelsHasGpus_andThatOfSmallOnesNone() {
    Deployment large = named(Manifests.POOLS, "denoiser-large");
    Deployment small = named(Manifests.POOLS, "denoiser-small");

    assertThat(pod(large).getContainers().get(0).getResources().getLimits())
        .containsKey("nvidia.com/gpu");
    assertThat(pod(large).getNodeSelector()).containsKey("nvidia.com/gpu.present");
    assertThat(pod(large).getTolerations()).hasSize(1);
    assertThat(pod(large).getContainers().get(0).getImage()).endsWith("-gpu");
    assertThat(pod(small).getContainers().get(0).getResources().getLimits())
        .doesNotContainKey("nvidia.com/gpu");
    assertThat(pod(small).getNodeSelector()).isEmpty();
    assertThat(pod(small).getTolerations()).isEmpty();
    assertThat(pod(small).getContainers().get(0).getImage()).doesNotEndWith("-gpu");
  }

  private static Deployment named(String folder, String name) {
    return Manifests.deployments(folder).stream()
        .filter(one -> one.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatAPoolSaysOfItselfIsLeft() {
    assertThat(cooldown("denoiser-large")).isGreaterThan(cooldown("denoiser-small"));
    assertThat(
            pod(named(Manifests.POOLS_OF_ONES_OWN, "denoiser-large"))
                .getInitContainers()
                .get(0)
                .getEnv())
        .anyMatch(
            variable ->
                variable.getName().equals("SLUICE_MODELS_NAMES")
                    && variable.getValue().equals("sdxl"));
  }

  private static int cooldown(String name) {
    return Manifests.of(Manifests.POOLS, "ScaledObject")
        .filter(one -> one.at("/metadata/name").asText().equals(name))
        .map(one -> one.at("/spec/cooldownPeriod").asInt())
        .findFirst()
        .orElseThrow();
  }

  /** Any stage may have pools, each by the same means. */
  @Test
  void everyStageCanBeTakenForAPool() {
    assertThat(Sources.stages().map(Topics::name))
        .allSatisfy(
            stage -> {
              JsonNode component =
                  Manifests.YAML.readTree(
                      Manifests.FOLDER
                          .resolve("components/pool/" + stage + "/kustomization.yaml")
                          .toFile());

              assertThat(component.at("/patches/0/target/labelSelector").asText())
                  .isEqualTo("app.kubernetes.io/component!=" + stage);
              assertThat(component.at("/components/0").asText()).isEqualTo("../member");
            });
  }
}
