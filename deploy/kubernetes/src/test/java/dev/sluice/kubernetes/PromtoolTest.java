package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus' own tool reads the alerts, and says when they come and when they do not. */
class PromtoolTest {

  private static final String PROMTOOL = "promtool";
  private static final String WORLDS = "alerts-test.yaml";

  @TempDir private Path folder;

  private static JsonNode rules() {
    return Manifests.of(Manifests.EVERYTHING, "PrometheusRule").findFirst().orElseThrow();
  }

  private static String worlds() throws IOException {
    try (InputStream file = PromtoolTest.class.getResourceAsStream("/" + WORLDS)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void alertsComeWhenSomethingIsIll_andElseNot() throws Exception {
    assumeTrue(
        Manifests.isInstalled(PROMTOOL),
        PROMTOOL + " is not installed; deploy/debian-packages does that");
    Files.writeString(folder.resolve("rules.yaml"), new ObjectMapper().writeValueAsString(spec()));
    Files.writeString(folder.resolve(WORLDS), worlds());

    assertThat(said("check", "rules", "rules.yaml")).contains("SUCCESS");
    assertThat(said("test", "rules", WORLDS)).contains("SUCCESS").doesNotContain("FAILED");
  }

  @Test
  void everyAlertIsTried() throws IOException {
    List<String> alerts = rules().findValuesAsText("alert");

    assertThat(alerts).hasSizeGreaterThan(5);
    for (String alert : alerts) {
      assertThat(worlds()).contains("alertname: " + alert + "\n");
    }
  }

  private static JsonNode spec() {
    return rules().path("spec");
  }

  private String said(String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(PROMTOOL);
    builder.command().addAll(List.of(arguments));
    Process process = builder.directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
