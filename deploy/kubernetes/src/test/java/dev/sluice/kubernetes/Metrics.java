package dev.sluice.kubernetes;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The metrics that services tell, by Prometheus' names, and those that a query asks for. */
@SuppressWarnings("deprecation") // Quarkus has the older of micrometer's two Prometheus registries.
final class Metrics {

  /** What Quarkus adds; the test of the image finds them in a running service. */
  private static final Set<String> OF_QUARKUS =
      Set.of(
          "http_server_requests_seconds_count",
          "jvm_memory_used_bytes",
          "jvm_memory_max_bytes",
          "process_start_time_seconds");

  private static final Set<String> LABELS_OF_QUARKUS = Set.of("area", "status", "uri");

  /** Given by Prometheus' operator, and by the relabelling of the PodMonitor. */
  private static final Set<String> LABELS_OF_PODS = Set.of("namespace", "pod", "component");

  private static final Pattern BUILDER =
      Pattern.compile("\\b(Gauge|Counter|FunctionCounter|Timer)\\s*\\.builder\\(\\s*\"([^\"]+)\"");
  private static final Pattern GAUGE = Pattern.compile("\\.gauge\\(\\s*\"([^\"]+)\"");
  private static final Pattern TAG = Pattern.compile("(?:\\.tag|Tags\\.of)\\(\\s*\"([^\"]+)\"");

  private static final Pattern SELECTOR = Pattern.compile("\\{[^}]*}");
  private static final Pattern MATCHER = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)\\s*\"");
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|on|without|ignoring)\\s*\\(([^)]*)\\)");
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*(?!\\w*\\s*\\()");
  private static final Set<String> WORDS = Set.of("by", "on", "unless", "or", "and", "without");

  private Metrics() {}

  /** The names of all metrics, made by the registry that services have. */
  static Set<String> told() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    for (String source : Sources.ofServices()) {
      Sources.all(GAUGE, source)
          .forEach(found -> Gauge.builder(found.group(1), () -> 0).register(registry));
      Sources.all(BUILDER, source)
          .forEach(
              found -> {
                String name = found.group(2);
                switch (found.group(1)) {
                  case "Gauge" -> Gauge.builder(name, () -> 0).register(registry);
                  case "Timer" -> Timer.builder(name).register(registry);
                  default -> Counter.builder(name).register(registry);
                }
              });
    }
    Set<String> names =
        registry
            .scrape()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.split("[ {]")[0])
            .collect(Collectors.toCollection(TreeSet::new));
    names.addAll(OF_QUARKUS);
    return names;
  }

  /** The labels that metrics have. */
  static Set<String> labels() {
    Set<String> labels = new TreeSet<>(LABELS_OF_QUARKUS);
    labels.addAll(LABELS_OF_PODS);
    for (String source : Sources.ofServices()) {
      Sources.all(TAG, source).forEach(found -> labels.add(found.group(1)));
    }
    return labels;
  }

  /** The metrics that a query asks for. */
  static Set<String> names(String query) {
    String bare =
        GROUPING
            .matcher(SELECTOR.matcher(query).replaceAll(" "))
            .replaceAll(" ")
            .replaceAll("\\[[^\\]]*]", " ");
    return Sources.all(NAME, bare)
        .map(found -> found.group())
        .filter(name -> !WORDS.contains(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The labels that a query selects or groups by. */
  static Set<String> labels(String query) {
    Set<String> labels = new TreeSet<>();
    Sources.all(SELECTOR, query)
        .forEach(
            selector ->
                Sources.all(MATCHER, selector.group())
                    .forEach(found -> labels.add(found.group(1))));
    Sources.all(GROUPING, query)
        .flatMap(found -> Arrays.stream(found.group(1).split(",")))
        .map(String::strip)
        .forEach(labels::add);
    return labels;
  }
}
