package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** One host's services are those of the code, too. */
class ComposeTest {

  private static Map<String, Map<String, Object>> services() {
    Map<String, Map<String, Map<String, Object>>> file =
        new Yaml().load(Sources.text(Manifests.HOME.resolve("deploy/compose.yaml")));
    return file.get("services");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  @Test
  void servicesAreThoseOfTheCode() {
    assertThat(services().keySet())
        .containsExactlyInAnyOrder(
            "kafka", "gateway", "text-encoder", "prior", "denoiser", "upscaler", "scaler")
        .containsAll(Sources.SERVICES);
    for (String service : Sources.SERVICES) {
      Map<String, Object> one = services().get(service);

      assertThat(map(map(one.get("build")).get("args"))).containsEntry("SERVICE", service);
      assertThat(one)
          .containsEntry("image", "sluice-" + service + ":0.1.0")
          .containsEntry("read_only", true)
          .containsEntry("cap_drop", List.of("ALL"));
      assertThat(one.get("user").toString()).doesNotStartWith("0");
      assertThat(SettingsTest.known()).containsAll(map(one.get("environment")).keySet());
    }
  }

  @Test
  void thePublishedPortsAreTheGateways() {
    Properties gateway = Sources.properties("gateway");

    assertThat(services().get("gateway").get("ports"))
        .isEqualTo(
            List.of(
                "127.0.0.1:%1$s:%1$s".formatted(gateway.getProperty("quarkus.http.port")),
                "127.0.0.1:%1$s:%1$s".formatted(gateway.getProperty("quarkus.grpc.server.port"))));
  }

  @Test
  void theBrokerIsTheOneThatClientsAreBuiltFor() {
    assertThat(Sources.text(Manifests.HOME.resolve("pom.xml")))
        .contains(
            "<kafka.version>"
                + services().get("kafka").get("image").toString().replace("apache/kafka:", "")
                + "</kafka.version>");
  }
}
