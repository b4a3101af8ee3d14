package dev.sluice.launcher.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.sluice.launcher.system.around.Programs;
import dev.sluice.launcher.system.around.Prometheus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the alerts and the dashboard ask for is there, asked by the one who will ask. */
class PrometheusIT extends SystemTest {

  private static final Path MONITORING =
      Path.of(System.getProperty("sluice.home"), "deploy/kubernetes/components/monitoring");

  /** As docs/operations.md has KEDA's trigger ask. */
  private static final String TRIGGER = "max(sluice_queue_seconds{stage=\"denoiser\",pool=\"\"})";

  private static final Pattern METRIC = Pattern.compile("\\b(sluice|http|process|jvm)_\\w+");

  @TempDir private Path folder;

  @BeforeAll
  static void isThere() {
    assumeTrue(
        Programs.areInstalled(Prometheus.PROGRAM),
        "prometheus is not installed; deploy/debian-packages installs it");
  }

  private static JsonNode rules() throws IOException {
    return new ObjectMapper(new YAMLFactory())
        .readTree(MONITORING.resolve("alerts.yaml").toFile())
        .path("spec");
  }

  private static List<String> panels() throws IOException {
    return new ObjectMapper()
        .readTree(MONITORING.resolve("sluice.json").toFile()).findValuesAsText("expr").stream()
            .map(query -> query.replace("$namespace", "here"))
            .toList();
  }

  @Test
  void everyQueryFindsSomething_andNothingIsIll() throws Exception {
    try (Prometheus prometheus = Prometheus.start(folder, address().services(), rules())) {
      overGrpc(shape("watched").build());
      assertThat(
              overHttp("{\"prompt\": \"a large red circle\", \"model\": \"nobody\"}").statusCode())
          .isEqualTo(404);
      List<String> queries = new ArrayList<>(panels());
      queries.add(TRIGGER);
      for (JsonNode rule : rules().findValues("expr")) {
        Matcher metrics = METRIC.matcher(rule.asText());
        while (metrics.find()) {
          queries.add(metrics.group());
        }
      }
      for (String query : queries) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (prometheus.query(query).isEmpty()) {
          assertThat(System.nanoTime()).as(query).isLessThan(end);
          Thread.sleep(200);
        }
      }
      // What was absent before the first look is there now.
      long calm = System.nanoTime() + PATIENCE.toNanos();
      while (System.nanoTime() < calm
          && !prometheus.rules().stream()
              .allMatch(rule -> rule.path("state").asText().equals("inactive"))) {
        Thread.sleep(200);
      }
      assertThat(prometheus.rules())
          .hasSizeGreaterThan(5)
          .allSatisfy(
              rule -> {
                assertThat(rule.path("health").asText()).as(rule.toString()).isEqualTo("ok");
                assertThat(rule.path("state").asText()).as(rule.toString()).isEqualTo("inactive");
              });
    }
  }
}
