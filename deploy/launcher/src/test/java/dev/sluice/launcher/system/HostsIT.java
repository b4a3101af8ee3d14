package dev.sluice.launcher.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.EmbeddedBroker;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.ImageGenerationGrpc;
import dev.sluice.contract.v1.SamplingSettings;
import dev.sluice.launcher.process.ChildJvm;
import dev.sluice.launcher.process.ChildProcess;
import dev.sluice.launcher.process.Ports;
import dev.sluice.launcher.system.around.Hosts;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Services on three hosts, one of which is cut off for a minute. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class HostsIT {

  private static final Path HOME = Path.of(System.getProperty("sluice.home"));
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final Duration CUT = Duration.ofMinutes(1);
  private static final int HTTP = 18080;
  private static final int GRPC = 19000;
  private static final int CUT_OFF = 3;

  private static final Pattern DONE =
      Pattern.compile("(?m)^sluice_stage_task_seconds_count\\{outcome=\"done\".*} (\\S+)$");

  @TempDir private Path folder;

  private Hosts hosts;
  private EmbeddedBroker broker;
  private String bootstrap;
  private final List<ChildProcess> services = new ArrayList<>();

  @BeforeEach
  void connect() throws Exception {
    String hindrance = Hosts.hindrance();
    assumeTrue(hindrance.isEmpty(), hindrance);
    hosts = Hosts.connect(3);
    List<Integer> ports = Ports.free(2);
    int port = ports.get(0);
    int controller = ports.get(1);
    bootstrap = hosts.address(1) + ":" + port;
    broker =
        EmbeddedBroker.start(
            folder.resolve("kafka"),
            port,
            Map.of(
                "listeners",
                "PLAINTEXT://%s,CONTROLLER://127.0.0.1:%d".formatted(bootstrap, controller),
                "advertised.listeners",
                "PLAINTEXT://" + bootstrap,
                "controller.quorum.voters",
                "1@127.0.0.1:" + controller));
  }

  @AfterEach
  void stop() throws Exception {
    try {
      services.forEach(ChildProcess::requestStop);
      services.forEach(service -> service.awaitStop(STOP_LIMIT));
      if (broker != null) {
        broker.close();
      }
    } finally {
      if (hosts != null) {
        hosts.close();
      }
    }
  }

  @Test
  void aHostThatIsCutOffLosesNothing_andWorksAgainAfterwards() throws Exception {
    Path models = TinyModel.install("pipe-sd", folder.resolve("models")).getParent();
    start(1, "gateway", 0, models);
    start(1, "text-encoder", 1, models);
    start(2, "upscaler", 0, models);
    start(2, "denoiser", 1, models);
    start(CUT_OFF, "denoiser", 0, models);
    awaitReady(1, 0);
    awaitReady(1, 1);
    awaitReady(2, 0);
    awaitReady(2, 1);
    awaitReady(CUT_OFF, 0);

    ManagedChannel channel =
        ManagedChannelBuilder.forAddress(hosts.address(1), GRPC).usePlaintext().build();
    ExecutorService callers = Executors.newCachedThreadPool();
    try {
      List<Future<Integer>> calls = begin(callers, channel, "before", 24);
      while (done(CUT_OFF, 0) < 2) {
        Thread.sleep(50);
      }
      hosts.cutOff(CUT_OFF);
      long healed = System.nanoTime() + CUT.toNanos();
      calls.addAll(begin(callers, channel, "meanwhile", 8));
      for (Future<Integer> call : calls) {
        assertThat(call.get(90, TimeUnit.SECONDS)).as("pictures of a request").isEqualTo(1);
      }
      TimeUnit.NANOSECONDS.sleep(healed - System.nanoTime());
      hosts.reconnect(CUT_OFF);
      awaitReady(CUT_OFF, 0);
      double before = done(CUT_OFF, 0);

      while (done(CUT_OFF, 0) == before) {
        for (Future<Integer> call : begin(callers, channel, "after-" + System.nanoTime(), 8)) {
          assertThat(call.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        }
      }
    } finally {
      callers.shutdownNow();
      channel.shutdownNow();
    }
  }

  private void start(int host, String service, int place, Path models) {
    List<String> command = new ArrayList<>(hosts.on(host));
    command.addAll(ChildJvm.ofService("512m", false));
    command.addAll(
        List.of(
            "-jar", HOME.resolve(service + "-svc/target/quarkus-app/quarkus-run.jar").toString()));
    String name = service + "-" + host;
    Map<String, String> environment =
        Map.ofEntries(
            Map.entry("QUARKUS_HTTP_HOST", hosts.address(host)),
            Map.entry("QUARKUS_HTTP_PORT", Integer.toString(HTTP + place)),
            Map.entry("QUARKUS_GRPC_SERVER_HOST", hosts.address(host)),
            Map.entry("QUARKUS_GRPC_SERVER_PORT", Integer.toString(GRPC + place)),
            Map.entry("KAFKA_BOOTSTRAP_SERVERS", bootstrap),
            Map.entry("SLUICE_MODELS", models.toString()),
            Map.entry("SLUICE_BLOBS", folder.resolve("blobs").toString()),
            Map.entry("SLUICE_GATEWAY_DIGESTS", folder.resolve("digests").toString()),
            Map.entry("SLUICE_EXIT_WITH_PARENT", "true"));
    services.add(ChildProcess.start(name, command, environment, folder.resolve(name + ".log")));
  }

  private void awaitReady(int host, int place) throws Exception {
    while (status(host, place) != 200) {
      services.forEach(ChildProcess::requireAlive);
      Thread.sleep(100);
    }
  }

  private int status(int host, int place) throws InterruptedException {
    try {
      return get(host, place, "/q/health/ready").statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  /** How many tasks a stage has done. */
  private double done(int host, int place) throws Exception {
    Matcher metrics = DONE.matcher(get(host, place, "/q/metrics").body());
    assertThat(metrics.find()).isTrue();
    return Double.parseDouble(metrics.group(1));
  }

  private HttpResponse<String> get(int host, int place, String path)
      throws IOException, InterruptedException {
    URI address = URI.create("http://%s:%d%s".formatted(hosts.address(host), HTTP + place, path));
    return HttpClient.newBuilder()
        .connectTimeout(Duration.ofSeconds(2))
        .build()
        .send(
            HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static List<Future<Integer>> begin(
      ExecutorService callers, ManagedChannel channel, String name, int count) {
    List<Future<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      GenerationRequest request =
          GenerationRequest.newBuilder()
              .setRequestId(name + "-" + i)
              .setPrompt("a horse")
              .setSeed(i)
              .setDenoiser(SamplingSettings.newBuilder().setSteps(100))
              .build();
      calls.add(callers.submit(() -> pictures(channel, request)));
    }
    return calls;
  }

  private static int pictures(ManagedChannel channel, GenerationRequest request) {
    Iterator<GenerationEvent> events =
        ImageGenerationGrpc.newBlockingStub(channel).generate(request);
    int pictures = 0;
    while (events.hasNext()) {
      GenerationEvent event = events.next();
      assertThat(event.getError().getMessage()).isEmpty();
      pictures += event.hasImage() ? 1 : 0;
    }
    return pictures;
  }
}
