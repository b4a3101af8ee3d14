package dev.sluice.launcher.system.around;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.launcher.process.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real Prometheus that scrapes an instance's services, as the PodMonitor has it do on a cluster.
 */
public final class Prometheus implements AutoCloseable {

  /** The program's name. */
  public static final String PROGRAM = "prometheus";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long POLL_MILLIS = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String address;
  private final Path log;
  private final Process process;

  private Prometheus(String address, Path log, Process process) {
    this.address = address;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts it and waits until it answers.
   *
   * @param services host and port of each, by its name
   * @param rules groups of rules, as a PrometheusRule has them
   */
  public static Prometheus start(Path folder, Map<String, String> services, JsonNode rules)
      throws Exception {
    List<Object> jobs = new ArrayList<>();
    services.forEach(
        (service, address) ->
            jobs.add(
                Map.of(
                    "targets",
                    List.of(address),
                    // As Prometheus' operator gives them.
                    "labels",
                    Map.of("namespace", "here", "component", service, "pod", service + "-0"))));
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("global", Map.of("scrape_interval", "1s", "evaluation_interval", "1s"));
    config.put("rule_files", List.of("rules.yaml"));
    config.put(
        "scrape_configs",
        List.of(
            Map.of("job_name", "sluice", "metrics_path", "/q/metrics", "static_configs", jobs)));
    // JSON is YAML.
    JSON.writeValue(folder.resolve("prometheus.yaml").toFile(), config);
    JSON.writeValue(folder.resolve("rules.yaml").toFile(), rules);
    String address = "127.0.0.1:" + Ports.free(1).get(0);
    Path log = folder.resolve("prometheus.log");
    Process process =
        new ProcessBuilder(
                PROGRAM,
                "--config.file=" + folder.resolve("prometheus.yaml"),
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=" + address)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Prometheus prometheus = new Prometheus(address, log, process);
    try {
      prometheus.awaitReady();
      return prometheus;
    } catch (Exception e) {
      prometheus.close();
      throw e;
    }
  }

  private void awaitReady() throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isReady()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("not ready: " + Files.readString(log));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private boolean isReady() throws Exception {
    if (!process.isAlive()) {
      throw new IllegalStateException(Files.readString(log));
    }
    try {
      return get("/-/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** What a query finds now: a list, empty where there is nothing. */
  public JsonNode query(String query) throws Exception {
    return data("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
        .path("result");
  }

  /** The rules, with what came of them. */
  public List<JsonNode> rules() throws Exception {
    List<JsonNode> rules = new ArrayList<>();
    data("/api/v1/rules").path("groups").forEach(group -> group.path("rules").forEach(rules::add));
    return rules;
  }

  private JsonNode data(String path) throws Exception {
    HttpResponse<String> answer = get(path);
    JsonNode json = JSON.readTree(answer.body());
    if (!json.path("status").asText().equals("success")) {
      throw new IllegalArgumentException(path + ": " + answer.body());
    }
    return json.path("data");
  }

  private HttpResponse<String> get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://" + address + path))
                .timeout(PATIENCE)
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
