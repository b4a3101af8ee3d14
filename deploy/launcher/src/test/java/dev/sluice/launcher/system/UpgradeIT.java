package dev.sluice.launcher.system;

import dev.sluice.broker.EmbeddedBroker;
import dev.sluice.launcher.process.Ports;
import dev.sluice.launcher.system.around.PicturesAsked;
import dev.sluice.launcher.system.around.RunningService;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * An upgrade and its rollback, service by service, between this build and an earlier one: {@code
 * bench/upgrade} makes that and names its checkout.
 */
@EnabledIfSystemProperty(
    named = UpgradeIT.EARLIER,
    matches = ".+",
    disabledReason = "an earlier build takes minutes to make: bench/upgrade does that")
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class UpgradeIT {

  static final String EARLIER = "sluice.earlier";

  /** From the end of the route to its beginning, as docs/operations.md says. */
  private static final List<String> ORDER = List.of("upscaler", "denoiser", "text-encoder");

  private static final String HOST = "127.0.0.1";
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private final Path now = Path.of(System.getProperty("sluice.home"));
  private final Path earlier = Path.of(System.getProperty(EARLIER));

  @TempDir private Path folder;

  private EmbeddedBroker broker;
  private Path models;
  private final Map<String, RunningService> stages = new LinkedHashMap<>();
  private final List<RunningService> started = new ArrayList<>();
  private final PicturesAsked pictures = new PicturesAsked(60);

  @BeforeEach
  void begin() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("kafka"));
    models = TinyModel.install("pipe-sd", folder.resolve("models")).getParent();
  }

  @AfterEach
  void end() {
    pictures.close();
    started.forEach(service -> service.process().requestStop());
    started.forEach(service -> service.process().awaitStop(STOP_LIMIT));
    broker.close();
  }

  @Test
  void requestsGoOnWhileEveryServiceIsReplaced_andBack() throws Exception {
    for (String stage : ORDER) {
      stages.put(stage, start(earlier, stage, Ports.free(2)));
    }
    List<Integer> earlierDoor = Ports.free(2);
    List<Integer> newDoor = Ports.free(2);
    RunningService earlierGateway = start(earlier, "gateway", earlierDoor);
    for (RunningService service : started) {
      service.awaitReady();
    }

    ManagedChannel before = channel(earlierDoor);
    ManagedChannel after = channel(newDoor);
    try {
      for (String stage : ORDER) {
        replace(stage, now, before);
      }
      ask(before, "at-the-earlier-door");
      RunningService gateway = start(now, "gateway", newDoor);
      gateway.awaitReady();
      ask(after, "at-the-new-door");
      pictures.await(PATIENCE);
      stop(earlierGateway);

      for (int i = ORDER.size() - 1; i >= 0; i--) {
        replace(ORDER.get(i), earlier, after);
      }
      pictures.await(PATIENCE);
    } finally {
      before.shutdownNow();
      after.shutdownNow();
    }
  }

  /** The new one comes before the old one goes, as a Deployment does it. */
  private void replace(String stage, Path build, ManagedChannel door) throws Exception {
    String name = stage + "-to-" + (build.equals(now) ? "this" : "the-earlier");
    ask(door, "before-" + name);
    RunningService other = start(build, stage, Ports.free(2));
    other.awaitReady();
    ask(door, "with-both-" + name);
    RunningService replaced = stages.put(stage, other);
    stop(replaced);
    ask(door, "after-" + name);
    while (other.done() < 1) {
      other.process().requireAlive();
      Thread.sleep(100);
    }
  }

  private RunningService start(Path build, String service, List<Integer> ports) {
    RunningService running =
        RunningService.start(
            build,
            service,
            List.of(),
            new RunningService.Address(HOST, ports.get(0), ports.get(1)),
            RunningService.settings(broker.bootstrapServers(), models, folder),
            folder.resolve("%s-%d.log".formatted(service, ports.get(0))));
    started.add(running);
    return running;
  }

  private void stop(RunningService service) {
    service.process().requestStop();
    service.process().awaitStop(STOP_LIMIT);
    started.remove(service);
  }

  private static ManagedChannel channel(List<Integer> ports) {
    return ManagedChannelBuilder.forAddress(HOST, ports.get(1)).usePlaintext().build();
  }

  private void ask(ManagedChannel door, String name) {
    pictures.ask(door, name, 6);
  }
}
