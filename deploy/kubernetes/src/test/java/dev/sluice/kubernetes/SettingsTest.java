package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.stage.kafka.KafkaSettings;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Variables that nothing reads do nothing, and nobody is told. */
class SettingsTest {

  private static final Pattern OF_THE_SCRIPT = Pattern.compile("\\$\\{?(SLUICE_[A-Z_]+)");
  private static final Pattern OF_TENSORFLOW = Pattern.compile("\"(TF_[A-Z_]+|GLIBC_TUNABLES)\"");

  private static final Pattern OF_OPENTELEMETRY = Pattern.compile("\"(OTEL_[A-Z_]+)\"");

  /** Of Amazon's clients. */
  private static final Set<String> OF_AMAZON = Set.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");

  static List<String> folders() {
    return Manifests.ALL;
  }

  /** Every variable that a service, its start script or its native libraries read. */
  static Set<String> known() {
    Set<String> known = new TreeSet<>(Sources.settings());
    known.addAll(OF_AMAZON);
    KafkaSettings.names().map(name -> Sources.variable("kafka." + name)).forEach(known::add);
    for (String service : Sources.SERVICES) {
      Sources.properties(service).stringPropertyNames().stream()
          .map(Sources::variable)
          .forEach(known::add);
    }
    Sources.ofEveryService().stringPropertyNames().stream()
        .map(Sources::variable)
        .forEach(known::add);
    Sources.ofServices().stream()
        .flatMap(source -> Sources.all(OF_OPENTELEMETRY, source))
        .forEach(found -> known.add(found.group(1)));
    String script = Sources.text(Manifests.HOME.resolve("deploy/image/run"));
    Sources.all(OF_THE_SCRIPT, script).forEach(found -> known.add(found.group(1)));
    for (String file : List.of("ServiceStarter.java", "NativeMemory.java")) {
      String launcher =
          Sources.text(
              Manifests.HOME.resolve(
                  "deploy/launcher/src/main/java/dev/sluice/launcher/instance/" + file));
      Sources.all(OF_TENSORFLOW, launcher).forEach(found -> known.add(found.group(1)));
    }
    return known;
  }

  @Test
  void settingsAreFoundInTheCode() {
    assertThat(known())
        .contains(
            "SLUICE_BLOBS",
            "SLUICE_CHECKPOINT_EVERY",
            "SLUICE_SERVING_OP_THREADS",
            "SLUICE_SERVING_MEMORY",
            "SLUICE_GATEWAY_DIGESTS",
            "SLUICE_S3_ENDPOINT",
            "SLUICE_S3_PATH_STYLE",
            "SLUICE_SCALER_ASSUMED_TASK_TIME",
            "KAFKA_SASL_JAAS_CONFIG",
            "QUARKUS_HTTP_HOST",
            "SLUICE_HEAP")
        .doesNotContain("SLUICE_SERVING_OPTHREADS", "SLUICE_BLOB");
  }

  @ParameterizedTest
  @MethodSource("folders")
  void variablesAreReadBySomebody(String folder) {
    Set<String> known = known();
    for (Deployment deployment : Manifests.deployments(folder)) {
      List<EnvVar> variables =
          deployment.getSpec().getTemplate().getSpec().getContainers().get(0).getEnv();

      assertThat(variables.stream().map(EnvVar::getName))
          .doesNotHaveDuplicates()
          .contains("SLUICE_HEAP")
          .isSubsetOf(known);
    }
    for (JsonNode document : Manifests.of(folder, "ConfigMap").toList()) {
      ConfigMap map = (ConfigMap) Models.read(document);
      if (map.getMetadata().getName().matches("sluice-[a-z0-9]{10}")) {
        assertThat(map.getData()).isNotEmpty();
        assertThat(known).containsAll(map.getData().keySet());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void settingsComeFromWhatIsThere(String folder) {
    List<String> maps =
        Manifests.of(folder, "ConfigMap").map(map -> map.at("/metadata/name").asText()).toList();
    boolean strimzi = Manifests.of(folder, "KafkaUser").findAny().isPresent();
    for (Deployment deployment : Manifests.deployments(folder)) {
      List<EnvFromSource> sources =
          deployment.getSpec().getTemplate().getSpec().getContainers().get(0).getEnvFrom();

      assertThat(sources.get(0).getConfigMapRef().getName()).isIn(maps);
      if (strimzi) {
        assertThat(sources).hasSize(1);
      } else {
        assertThat(sources).hasSize(2);
        assertThat(sources.get(1).getSecretRef().getName()).isEqualTo("sluice-kafka");
      }
    }
  }
}
