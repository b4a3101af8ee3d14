package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Alerts and the dashboard ask for what services tell, and each alert says what to do. */
class MetricsTest {

  private static final String RUNBOOKS = "docs/operations.md";

  private static List<Rule> alerts() {
    PrometheusRule rules =
        (PrometheusRule)
            Models.read(
                Manifests.of(Manifests.EVERYTHING, "PrometheusRule").findFirst().orElseThrow());
    return rules.getSpec().getGroups().stream()
        .flatMap(group -> group.getRules().stream())
        .toList();
  }

  private static JsonNode dashboard() throws IOException {
    JsonNode map =
        Manifests.of(Manifests.EVERYTHING, "ConfigMap")
            .filter(one -> one.at("/metadata/labels/grafana_dashboard").asText().equals("1"))
            .findFirst()
            .orElseThrow();
    return new ObjectMapper().readTree(map.path("data").path("sluice.json").asText());
  }

  private static Stream<String> queries() throws IOException {
    List<String> panels = dashboard().findValues("expr").stream().map(JsonNode::asText).toList();
    assertThat(panels).hasSizeGreaterThan(5);
    return Stream.concat(
        panels.stream(), alerts().stream().map(rule -> rule.getExpr().getStrVal()));
  }

  @Test
  void queriesAskForWhatServicesTell() throws IOException {
    Set<String> told = Metrics.told();
    Set<String> asked = new HashSet<>();
    for (String query : queries().toList()) {
      Set<String> names = Metrics.names(query);
      assertThat(names).as(query).isNotEmpty().isSubsetOf(told);
      asked.addAll(names);
    }

    assertThat(asked)
        .contains(
            "sluice_queue_seconds",
            "sluice_queue_tasks",
            "sluice_stage_task_seconds_count",
            "sluice_stage_redeliveries_total",
            "sluice_network_rows_total");
  }

  @Test
  void queriesSelectByLabelsThatThereAre() throws IOException {
    Set<String> labels = Metrics.labels();
    for (String query : queries().toList()) {
      assertThat(Metrics.labels(query)).as(query).isSubsetOf(labels);
    }
  }

  @Test
  void aMisspeltMetricIsFound() {
    assertThat(Metrics.names("sum(rate(sluice_queue_task[5m])) by (stage) > 0 unless up"))
        .containsExactlyInAnyOrder("sluice_queue_task", "up");
    assertThat(Metrics.labels("sum by (stag) (a{stage=\"x\",outcom!~\"y|z\"})"))
        .containsExactlyInAnyOrder("stag", "stage", "outcom");
    assertThat(Metrics.told()).doesNotContain("sluice_queue_task", "sluice_stage_redeliveries");
  }

  @Test
  void everyAlertSaysWhatToDo() {
    Set<String> headings =
        Sources.text(Manifests.HOME.resolve(RUNBOOKS))
            .lines()
            .filter(line -> line.startsWith("#"))
            .map(line -> RUNBOOKS + "#" + anchor(line))
            .collect(Collectors.toSet());

    assertThat(alerts())
        .isNotEmpty()
        .allSatisfy(
            alert -> {
              assertThat(alert.getAnnotations()).containsKey("summary");
              assertThat(alert.getAnnotations().get("runbook_url"))
                  .isIn(headings)
                  .endsWith("#" + alert.getAlert().toLowerCase(java.util.Locale.ROOT));
              assertThat(alert.getLabels()).containsKey("severity");
            });
    assertThat(alerts().stream().map(Rule::getAlert)).doesNotHaveDuplicates();
  }

  private static String anchor(String heading) {
    return heading
        .replaceFirst("^#+ *", "")
        .toLowerCase(java.util.Locale.ROOT)
        .replaceAll("[^a-z0-9 -]", "")
        .replace(' ', '-');
  }

  @Test
  void podsAreScrapedWhereTheyTell() {
    PodMonitor monitor =
        (PodMonitor)
            Models.read(Manifests.of(Manifests.EVERYTHING, "PodMonitor").findFirst().orElseThrow());

    assertThat(monitor.getSpec().getPodMetricsEndpoints())
        .singleElement()
        .satisfies(
            endpoint -> {
              assertThat(endpoint.getPort()).isEqualTo("http");
              assertThat(endpoint.getPath()).isEqualTo("/q/metrics");
              assertThat(endpoint.getRelabelings())
                  .as("what alerts tell pools apart by")
                  .anySatisfy(
                      rule -> {
                        assertThat(rule.getSourceLabels())
                            .containsExactly("__meta_kubernetes_pod_label_pool");
                        assertThat(rule.getTargetLabel()).isEqualTo("pool");
                      });
            });
    for (String service : Sources.SERVICES) {
      assertThat(
              Sources.properties(service)
                  .getProperty("quarkus.micrometer.export.prometheus.path", "metrics"))
          .isEqualTo("metrics");
    }
    assertThat(Manifests.deployments(Manifests.EVERYTHING))
        .allMatch(
            deployment ->
                deployment
                    .getSpec()
                    .getTemplate()
                    .getMetadata()
                    .getLabels()
                    .entrySet()
                    .containsAll(monitor.getSpec().getSelector().getMatchLabels().entrySet()));
  }
}
