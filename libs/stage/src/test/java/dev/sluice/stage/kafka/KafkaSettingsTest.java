package dev.sluice.stage.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.EmbeddedBroker;
import dev.sluice.stage.rig.TestCertificate;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaSettingsTest {

  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required"
          + " username=\"sluice\" password=\"%s\"";

  @TempDir private Path folder;

  private static Map<String, Object> settings(Map<String, String> environment) {
    return KafkaSettings.of(
        new SmallRyeConfigBuilder().withSources(new EnvConfigSource(environment, 300)).build());
  }

  @Test
  void nothingSaid_isThisMachinesBroker() {
    assertThat(settings(Map.of()))
        .containsExactlyEntriesOf(Map.of("bootstrap.servers", "localhost:9092"));
  }

  @Test
  void connectionsAreReadAndNothingElse() {
    assertThat(
            settings(
                Map.of(
                    "KAFKA_BOOTSTRAP_SERVERS", "a:1,b:2",
                    "KAFKA_SECURITY_PROTOCOL", "SASL_SSL",
                    "KAFKA_SASL_JAAS_CONFIG", "",
                    "KAFKA_SASL_MECHANISM", "SCRAM-SHA-512",
                    "KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM", "https",
                    "KAFKA_GROUP_ID", "mine",
                    "KAFKA_CLIENT_ID", "me")))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "bootstrap.servers", "a:1,b:2",
                "security.protocol", "SASL_SSL",
                "sasl.mechanism", "SCRAM-SHA-512",
                "ssl.endpoint.identification.algorithm", "https"));
  }

  @Test
  void whatIsReadIsKnownToEveryKindOfClient() {
    List<String> read = KafkaSettings.names().toList();

    assertThat(read)
        .contains("sasl.jaas.config", "ssl.truststore.certificates", "ssl.keystore.key")
        .isSubsetOf(ConsumerConfig.configNames())
        .isSubsetOf(ProducerConfig.configNames());
  }

  /** The broker that asks for a name and a password over TLS, with a certificate of its own. */
  @Test
  void aSecuredBrokerTakesWhoHasThePassword() throws Exception {
    TestCertificate certificate = TestCertificate.make(folder);
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Map<String, String> environment = new HashMap<>();
    environment.put("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + port);
    environment.put("KAFKA_SECURITY_PROTOCOL", "SASL_SSL");
    environment.put("KAFKA_SASL_MECHANISM", "PLAIN");
    environment.put("KAFKA_SASL_JAAS_CONFIG", LOGIN.formatted("right") + ";");
    environment.put("KAFKA_SSL_TRUSTSTORE_TYPE", "PEM");
    environment.put("KAFKA_SSL_TRUSTSTORE_CERTIFICATES", certificate.pem());
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(folder.resolve("log"), port, secured(certificate))) {
      Map<String, Object> settings = settings(environment);

      GroupSetup.prepare(settings, "sluice-denoiser", "sluice.denoiser", Duration.ofSeconds(15));

      try (Admin admin = Admin.create(settings)) {
        assertThat(admin.listTopics().names().get()).contains("sluice.denoiser");
      }
      environment.put("KAFKA_SASL_JAAS_CONFIG", LOGIN.formatted("wrong") + ";");
      assertThatThrownBy(
              () ->
                  GroupSetup.prepare(
                      settings(environment),
                      "sluice-prior",
                      "sluice.prior",
                      Duration.ofSeconds(15)))
          .hasMessageContaining("sluice-prior could not be set up")
          .hasCauseInstanceOf(SaslAuthenticationException.class)
          .hasMessageNotContaining("wrong");
    }
  }

  private static Map<String, String> secured(TestCertificate certificate) {
    return Map.of(
        "listener.security.protocol.map",
        "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms",
        "PLAIN",
        "sasl.mechanism.inter.broker.protocol",
        "PLAIN",
        "listener.name.plaintext.plain.sasl.jaas.config",
        LOGIN.formatted("right") + " user_sluice=\"right\";",
        "ssl.keystore.type",
        "PKCS12",
        "ssl.keystore.location",
        certificate.keyStore().toString(),
        "ssl.keystore.password",
        TestCertificate.PASSWORD,
        "ssl.truststore.type",
        "PKCS12",
        "ssl.truststore.location",
        certificate.keyStore().toString(),
        "ssl.truststore.password",
        TestCertificate.PASSWORD);
  }
}
