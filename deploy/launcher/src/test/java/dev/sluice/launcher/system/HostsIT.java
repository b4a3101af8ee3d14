package dev.sluice.launcher.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.broker.EmbeddedBroker;
import dev.sluice.launcher.process.Ports;
import dev.sluice.launcher.system.around.Hosts;
import dev.sluice.launcher.system.around.PicturesAsked;
import dev.sluice.launcher.system.around.RunningService;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration CUT = Duration.ofMinutes(1);
  private static final int HTTP = 18080;
  private static final int GRPC = 19000;
  private static final int CUT_OFF = 3;

  @TempDir private Path folder;

  private Hosts hosts;
  private EmbeddedBroker broker;
  private String bootstrap;
  private final List<RunningService> services = new ArrayList<>();

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
      services.forEach(service -> service.process().requestStop());
      services.forEach(service -> service.process().awaitStop(STOP_LIMIT));
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
    RunningService cutOff = start(CUT_OFF, "denoiser", 0, models);
    for (RunningService service : services) {
      service.awaitReady();
    }

    ManagedChannel channel =
        ManagedChannelBuilder.forAddress(hosts.address(1), GRPC).usePlaintext().build();
    try (PicturesAsked pictures = new PicturesAsked(100)) {
      pictures.ask(channel, "before", 24);
      while (cutOff.done() < 2) {
        Thread.sleep(50);
      }
      hosts.cutOff(CUT_OFF);
      long healed = System.nanoTime() + CUT.toNanos();
      pictures.ask(channel, "meanwhile", 8);
      pictures.await(PATIENCE);
      TimeUnit.NANOSECONDS.sleep(healed - System.nanoTime());
      hosts.reconnect(CUT_OFF);
      cutOff.awaitReady();
      double before = cutOff.done();

      while (cutOff.done() == before) {
        pictures.ask(channel, "after-" + System.nanoTime(), 8);
        pictures.await(PATIENCE);
      }
    } finally {
      channel.shutdownNow();
    }
  }

  private RunningService start(int host, String service, int place, Path models) {
    RunningService started =
        RunningService.start(
            HOME,
            service,
            hosts.on(host),
            new RunningService.Address(hosts.address(host), HTTP + place, GRPC + place),
            RunningService.settings(bootstrap, models, folder),
            folder.resolve(service + "-" + host + ".log"));
    services.add(started);
    return started;
  }
}
