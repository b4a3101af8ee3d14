package dev.sluice.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.EmbeddedBroker;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stage from its image: as a user that nobody knows, on a root file system that cannot be written
 * to, where nothing in {@code /tmp} can be executed. The text encoder needs most of that: it loads
 * TensorFlow and the tokenizers' libraries. After a build for GPUs it is that build, which computes
 * on the processor where there is no GPU.
 */
class ImageIT {

  private static final Path HOME = Path.of(System.getProperty("sluice.home"));
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @TempDir private Path folder;

  @BeforeAll
  static void requireNamespaces() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/unshare")) && run("unshare", "--mount", "true") == 0,
        "only root can run an image without a container engine, where unshare is at hand");
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  @Test
  void aStageBecomesReadyInItsContainerAndEndsInGoodOrder() throws Exception {
    Path image = folder.resolve("image");
    Path log = folder.resolve("log");
    assertThat(
            run(HOME.resolve("deploy/image/layout").toString(), "text-encoder", image.toString()))
        .isZero();
    int http = freePort();
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"))) {
      Process service = start(image, log, broker.bootstrapServers(), http);
      try {
        awaitModel(service, http, log);

        assertThat(get(http, "/q/health/live").orElseThrow().statusCode()).isEqualTo(200);
        if (System.getProperty("tensorflow.platform").endsWith("-gpu")) {
          // Opened where there is no GPU, too.
          assertThat(Files.readString(Path.of("/proc", Long.toString(service.pid()), "maps")))
              .contains("/opt/sluice/cuda/libcudart.so.12");
        }
        // What the dashboard and the alerts of deploy/kubernetes ask for, that needs no task.
        assertThat(get(http, "/q/metrics").orElseThrow().body())
            .contains(
                "sluice_stage_backlog{stage=\"text-encoder\"",
                "sluice_stage_tasks_in_flight{stage=\"text-encoder\"",
                "sluice_stage_redeliveries_total{stage=\"text-encoder\"",
                "sluice_stage_dead_letters_total{stage=\"text-encoder\"",
                "jvm_memory_used_bytes{area=\"heap\"",
                "jvm_memory_max_bytes{area=\"heap\"",
                "process_start_time_seconds ",
                "sluice_network_calls_total{network=\"shapes-unclip/text_encoder\"",
                "sluice_network_rows_total{network=\"shapes-unclip/text_encoder\"");
        // Quarkus does not count requests for what it tells of itself.
        assertThat(get(http, "/nothing").orElseThrow().statusCode()).isEqualTo(404);
        assertThat(get(http, "/q/metrics").orElseThrow().body())
            .containsPattern("http_server_requests_seconds_count\\{[^}]*status=\"404\",uri=");

        service.destroy();
        assertThat(service.waitFor(60, TimeUnit.SECONDS))
            .as("ends within terminationGracePeriodSeconds of deploy/kubernetes")
            .isTrue();
        // As Java tells of SIGTERM.
        assertThat(service.exitValue()).as(Files.readString(log)).isEqualTo(143);
      } finally {
        service.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void anImageBringsModels_orSaysWhyNot() throws Exception {
    Path image = folder.resolve("image");
    assertThat(run(HOME.resolve("deploy/image/layout").toString(), "gateway", image.toString()))
        .isZero();
    ProcessBuilder command =
        new ProcessBuilder(image.resolve("opt/sluice/run").toString(), "fetch-models")
            .redirectErrorStream(true);
    command
        .environment()
        .put("SLUICE_SCRATCH", Files.createDirectory(folder.resolve("s")).toString());
    command.environment().put("SLUICE_MODELS_FROM", "s3://no-such-bucket/models");
    command.environment().put("SLUICE_S3_ENDPOINT", "http://127.0.0.1:1");
    command.environment().put("AWS_ACCESS_KEY_ID", "nobody");
    command.environment().put("AWS_SECRET_ACCESS_KEY", "nothing");
    Process fetching = command.start();

    String said = new String(fetching.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(fetching.waitFor()).isEqualTo(1);
    assertThat(said).contains("FATAL: the bucket no-such-bucket: its models cannot be listed");
  }

  private static Process start(Path image, Path log, String broker, int http) throws IOException {
    ProcessBuilder command =
        new ProcessBuilder(
                "unshare",
                "--mount",
                HOME.resolve("deploy/image/src/test/sh/contained").toString(),
                image.toString(),
                System.getProperty("java.home"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    String path = command.environment().get("PATH");
    command.environment().clear();
    command
        .environment()
        .putAll(
            Map.of(
                "PATH",
                path,
                "KAFKA_BOOTSTRAP_SERVERS",
                broker,
                "QUARKUS_HTTP_PORT",
                Integer.toString(http),
                "QUARKUS_GRPC_SERVER_PORT",
                Integer.toString(freePort()),
                "SLUICE_BLOBS",
                "file:///blobs",
                "SLUICE_HEAP",
                "512m",
                "TF_CPP_MIN_LOG_LEVEL",
                "2"));
    return command.start();
  }

  /** The stage takes tasks, and its model has been loaded and tried: the libraries are there. */
  private static void awaitModel(Process service, int http, Path log) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      assertThat(service.isAlive()).as("the service runs: %s", Files.readString(log)).isTrue();
      Optional<HttpResponse<String>> answer = get(http, "/q/health/ready");
      if (answer.isPresent()
          && answer.get().statusCode() == 200
          && answer.get().body().matches("(?s).*\"model shapes-unclip\": \"loaded.*")) {
        return;
      }
      Thread.sleep(200);
    }
    throw new AssertionError("no model was ready in time: " + Files.readString(log));
  }

  private static Optional<HttpResponse<String>> get(int port, String path) throws Exception {
    try {
      return Optional.of(
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                      .timeout(Duration.ofSeconds(20))
                      .build(),
                  HttpResponse.BodyHandlers.ofString()));
    } catch (ConnectException notYet) {
      return Optional.empty();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
