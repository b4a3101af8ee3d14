package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.contract.Topics;
import dev.sluice.stage.kafka.GroupSetup;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;

/** Strimzi's Kafka is the one that the services expect. */
class TopicsTest {

  private static Map<String, Strimzi.TopicSpec> topics() {
    return Manifests.of(Manifests.EVERYTHING, "KafkaTopic")
        .map(Models::read)
        .map(Strimzi.KafkaTopic.class::cast)
        .collect(Collectors.toMap(topic -> topic.metadata().name(), Strimzi.KafkaTopic::spec));
  }

  private static Set<String> ofTasks() {
    return Stream.concat(Stream.of(Topics.REQUESTS), Sources.stages().map(Topics::tasks))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void topicsAreThoseOfTheServices() {
    Set<String> expected = ofTasks();
    ofTasks().forEach(topic -> expected.add(Topics.deadLetters(topic)));
    expected.addAll(
        List.of(
            Topics.RESULTS,
            Topics.EVENTS,
            Topics.CONTROL,
            Topics.STATUS,
            Topics.GENERATIONS,
            Topics.RATES));

    assertThat(topics()).containsOnlyKeys(expected);
  }

  @Test
  void topicsAreSetUpAsServicesDo() {
    topics()
        .forEach(
            (name, topic) -> {
              NewTopic made = GroupSetup.topic(name);
              Map<String, String> expected = new HashMap<>(made.configs());
              if (Topics.isDeadLetters(name)) {
                expected.putAll(GroupSetup.TAKES_DEAD_LETTERS);
              }

              assertThat(topic.config()).as(name).isEqualTo(expected);
              if (made.numPartitions() > 0) {
                assertThat(topic.partitions()).as(name).isEqualTo(made.numPartitions());
              }
              assertThat(topic.replicas()).as(name).isEqualTo(nodes().replicas());
            });
  }

  private static Strimzi.NodePoolSpec nodes() {
    return Manifests.of(Manifests.EVERYTHING, "KafkaNodePool")
        .map(Models::read)
        .map(Strimzi.KafkaNodePool.class::cast)
        .findFirst()
        .orElseThrow()
        .spec();
  }

  @Test
  void brokersCarryTheHeaviestRecord() {
    Strimzi.Kafka kafka =
        (Strimzi.Kafka)
            Models.read(Manifests.of(Manifests.EVERYTHING, "Kafka").findFirst().orElseThrow());
    long heaviest =
        topics().values().stream()
            .map(topic -> topic.config().get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG))
            .filter(bytes -> bytes != null)
            .mapToLong(Long::parseLong)
            .max()
            .orElseThrow();

    assertThat(Long.parseLong(kafka.spec().kafka().config().get("replica.fetch.max.bytes")))
        .isGreaterThanOrEqualTo(heaviest);
    assertThat(kafka.spec().kafka().version())
        .isEqualTo(property(Sources.text(Manifests.HOME.resolve("pom.xml")), "kafka.version"));
  }

  private static String property(String pom, String name) {
    return pom.replaceAll("(?s).*<" + name + ">([^<]+)</" + name + ">.*", "$1");
  }

  @Test
  void servicesSpeakWithThatBroker() {
    Strimzi.Kafka kafka =
        (Strimzi.Kafka)
            Models.read(Manifests.of(Manifests.EVERYTHING, "Kafka").findFirst().orElseThrow());
    String cluster = kafka.metadata().name();
    Strimzi.Listener listener = kafka.spec().kafka().listeners().get(0);
    JsonNode user = Manifests.of(Manifests.EVERYTHING, "KafkaUser").findFirst().orElseThrow();
    for (Deployment deployment : Manifests.deployments(Manifests.EVERYTHING)) {
      Map<String, EnvVar> variables =
          deployment.getSpec().getTemplate().getSpec().getContainers().get(0).getEnv().stream()
              .collect(Collectors.toMap(EnvVar::getName, variable -> variable));

      assertThat(variables.get("KAFKA_BOOTSTRAP_SERVERS").getValue())
          .isEqualTo(cluster + "-kafka-bootstrap:" + listener.port());
      assertThat(variables.get("KAFKA_SECURITY_PROTOCOL").getValue()).isEqualTo("SASL_SSL");
      assertThat(listener.tls()).isTrue();
      assertThat(variables.get("KAFKA_SASL_MECHANISM").getValue())
          .isEqualToIgnoringCase(listener.authentication().type());
      assertThat(secret(variables.get("KAFKA_SASL_JAAS_CONFIG")))
          .isEqualTo(user.at("/metadata/name").asText());
      assertThat(secret(variables.get("KAFKA_SSL_TRUSTSTORE_CERTIFICATES")))
          .isEqualTo(cluster + "-cluster-ca-cert");
    }
  }

  private static String secret(EnvVar variable) {
    return variable.getValueFrom().getSecretKeyRef().getName();
  }

  @Test
  void everythingOfKafkasBelongsToThatCluster() {
    for (String kind : List.of("KafkaTopic", "KafkaNodePool", "KafkaUser")) {
      assertThat(Manifests.of(Manifests.EVERYTHING, kind))
          .isNotEmpty()
          .allMatch(
              one ->
                  one.at("/metadata/labels").path("strimzi.io/cluster").asText().equals("sluice"));
    }
  }
}
