package dev.sluice.launcher.system.around;

import dev.sluice.launcher.process.ChildJvm;
import dev.sluice.launcher.process.ChildProcess;
import dev.sluice.launcher.process.Health;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One service as a process that a test starts and stops by itself: on a host, of a build. */
public final class RunningService {

  private static final String HEAP = "512m";
  private static final Pattern DONE =
      Pattern.compile("(?m)^sluice_stage_task_seconds_count\\{outcome=\"done\".*} (\\S+)$");

  /** Where a service listens. */
  public record Address(String host, int http, int grpc) {}

  private final ChildProcess process;
  private final Address address;

  private RunningService(ChildProcess process, Address address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts one and returns at once.
   *
   * @param build a checkout in which it is built
   * @param service its name: {@code denoiser}
   * @param on the beginning of a command that runs another one on a host; empty for this one
   * @param settings environment variables beside those of its address
   * @param log its file, which names it as well
   */
  public static RunningService start(
      Path build,
      String service,
      List<String> on,
      Address address,
      Map<String, String> settings,
      Path log) {
    List<String> command = new ArrayList<>(on);
    command.addAll(ChildJvm.ofService(HEAP, false));
    command.addAll(
        List.of(
            "-jar", build.resolve(service + "-svc/target/quarkus-app/quarkus-run.jar").toString()));
    Map<String, String> environment = new HashMap<>(settings);
    environment.putAll(
        Map.of(
            "QUARKUS_HTTP_HOST", address.host(),
            "QUARKUS_HTTP_PORT", Integer.toString(address.http()),
            "QUARKUS_GRPC_SERVER_HOST", address.host(),
            "QUARKUS_GRPC_SERVER_PORT", Integer.toString(address.grpc()),
            "SLUICE_EXIT_WITH_PARENT", "true"));
    String name = log.getFileName().toString().replaceFirst("\\.log$", "");
    return new RunningService(ChildProcess.start(name, command, environment, log), address);
  }

  /** Settings of services on one broker, with models and blobs that all of them see. */
  public static Map<String, String> settings(String bootstrapServers, Path models, Path folder) {
    return Map.of(
        "KAFKA_BOOTSTRAP_SERVERS", bootstrapServers,
        "SLUICE_MODELS", models.toString(),
        "SLUICE_BLOBS", folder.resolve("blobs").toString(),
        "SLUICE_GATEWAY_DIGESTS", folder.resolve("digests").toString());
  }

  /** Returns when it takes work; throws when its process ends. */
  public void awaitReady() throws InterruptedException {
    while (!Health.of(address.host(), address.http()).isReady()) {
      process.requireAlive();
      Thread.sleep(100);
    }
  }

  /** How many tasks a stage has done; some builds do not tell of it before the first. */
  public double done() throws IOException, InterruptedException {
    Matcher metrics = DONE.matcher(Metrics.of(address.host() + ":" + address.http()));
    return metrics.find() ? Double.parseDouble(metrics.group(1)) : 0;
  }

  /** Its process. */
  public ChildProcess process() {
    return process;
  }
}
