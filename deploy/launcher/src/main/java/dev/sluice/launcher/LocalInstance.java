package dev.sluice.launcher;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A whole Sluice on this machine: an embedded Kafka broker and the five services, each a child
 * process on free loopback ports. {@link #close} stops them all; if this process dies, they leave
 * by themselves.
 */
final class LocalInstance implements AutoCloseable {

  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(8);
  private static final int KAFKA_PORT = 9092;
  private static final int HTTP_PORT = 8080;
  private static final int GRPC_PORT = 9000;
  private static final long POLL_MILLIS = 40;

  private static final String BROKER_HEAP = "768m";

  private final SluiceHome home;
  private final RunFolder run;
  private final Path models;
  private final int kafkaPort;
  private final Map<Service, Integer> httpPorts = new EnumMap<>(Service.class);
  private final Map<Service, Integer> grpcPorts = new EnumMap<>(Service.class);
  private ChildProcess broker;
  private final Map<Service, ChildProcess> services = new EnumMap<>(Service.class);

  private LocalInstance(SluiceHome home, RunFolder run, Path models) {
    this.home = home;
    this.run = run;
    this.models = models;
    List<Integer> ports = Ports.free(2 + 2 * Service.values().length);
    // What stays up is found where documentation says; what lives for one command is in nobody's
    // way.
    this.kafkaPort = run.lasts() ? Ports.preferring(KAFKA_PORT, ports.get(0)) : ports.get(0);
    for (Service service : Service.values()) {
      httpPorts.put(service, ports.get(2 + 2 * service.ordinal()));
      grpcPorts.put(service, ports.get(3 + 2 * service.ordinal()));
    }
    if (run.lasts()) {
      httpPorts.computeIfPresent(
          Service.GATEWAY, (gateway, free) -> Ports.preferring(HTTP_PORT, free));
      grpcPorts.computeIfPresent(
          Service.GATEWAY, (gateway, free) -> Ports.preferring(GRPC_PORT, free));
    }
  }

  /**
   * Starts every process at once and returns when all are ready.
   *
   * @param models the folder that holds the model folders
   * @param onReady told the name of each process and the time it took, as it becomes ready
   * @throws LaunchException when a service is not built, or a process ends or is not ready in time
   */
  static LocalInstance start(
      SluiceHome home, RunFolder run, Path models, BiConsumer<String, Duration> onReady) {
    LocalInstance instance = new LocalInstance(home, run, models);
    // For Ctrl-C and the like, where no one comes to close it.
    Runtime.getRuntime().addShutdownHook(new Thread(instance::close, "stop"));
    try {
      instance.startProcesses();
      instance.awaitReady(onReady);
      return instance;
    } catch (LaunchException e) {
      instance.close();
      throw e;
    } catch (InterruptedException e) {
      instance.close();
      Thread.currentThread().interrupt();
      throw new LaunchException("Interrupted while starting");
    }
  }

  /** Where clients find this instance. */
  RunningInstance address() {
    return new RunningInstance(
        ProcessHandle.current().pid(),
        LOOPBACK + ":" + grpcPorts.get(Service.GATEWAY),
        LOOPBACK + ":" + httpPorts.get(Service.GATEWAY),
        bootstrapServers(),
        models);
  }

  /** Throws when a process of the instance has ended, with the end of its log. */
  void requireAlive() {
    broker.requireAlive();
    services.values().forEach(ChildProcess::requireAlive);
  }

  /** Kills a service as a crash would; {@link #restart} brings it back. */
  void kill(Service service) {
    services.get(service).kill();
    services.get(service).awaitStop(STOP_LIMIT);
  }

  /** Starts a service anew at its address, whether the old process has ended or not. */
  void restart(Service service) {
    services.get(service).close();
    services.put(service, startService(service));
  }

  @Override
  public void close() {
    // The services first: they hand their work back to the broker.
    services.values().forEach(ChildProcess::requestStop);
    services.values().forEach(child -> child.awaitStop(STOP_LIMIT));
    if (broker != null) {
      broker.requestStop();
      broker.awaitStop(STOP_LIMIT);
    }
  }

  private void startProcesses() {
    broker = startBroker();
    for (Service service : Service.values()) {
      services.put(service, startService(service));
    }
  }

  private ChildProcess startBroker() {
    List<String> command = ChildJvm.command(BROKER_HEAP);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "dev.sluice.broker.EmbeddedBroker",
            run.kafka().toString(),
            Integer.toString(kafkaPort)));
    return ChildProcess.start("broker", command, Map.of(), run.logs().resolve("broker.log"));
  }

  private ChildProcess startService(Service service) {
    List<String> command = ChildJvm.command(service.heap());
    command.addAll(List.of("-jar", home.runnableJar(service).toString()));
    return ChildProcess.start(
        service.label(),
        command,
        environment(service),
        run.logs().resolve(service.label() + ".log"));
  }

  private Map<String, String> environment(Service service) {
    return Map.of(
        "QUARKUS_HTTP_HOST",
        LOOPBACK,
        "QUARKUS_HTTP_PORT",
        httpPorts.get(service).toString(),
        "QUARKUS_GRPC_SERVER_HOST",
        LOOPBACK,
        "QUARKUS_GRPC_SERVER_PORT",
        grpcPorts.get(service).toString(),
        "KAFKA_BOOTSTRAP_SERVERS",
        bootstrapServers(),
        "SLUICE_MODELS",
        models.toString(),
        "SLUICE_BLOBS",
        run.blobs().toString(),
        "SLUICE_EXIT_WITH_PARENT",
        "true",
        "TF_ENABLE_ONEDNN_OPTS",
        "1",
        "TF_CPP_MIN_LOG_LEVEL",
        "2");
  }

  private String bootstrapServers() {
    return LOOPBACK + ":" + kafkaPort;
  }

  private void awaitReady(BiConsumer<String, Duration> onReady) throws InterruptedException {
    long started = System.nanoTime();
    List<Service> waiting = new ArrayList<>(List.of(Service.values()));
    while (!waiting.isEmpty()) {
      requireAlive();
      Duration elapsed = Duration.ofNanos(System.nanoTime() - started);
      waiting.removeIf(
          service -> {
            boolean ready = isReady(service);
            if (ready) {
              onReady.accept(service.label(), elapsed);
            }
            return ready;
          });
      if (elapsed.compareTo(START_LIMIT) > 0) {
        ChildProcess slow = services.get(waiting.get(0));
        throw new LaunchException(
            "The %s was not ready after %s. The last lines of %s:%n%s"
                .formatted(
                    slow.name(), ProgressDisplay.seconds(elapsed), slow.log(), slow.logTail()));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private boolean isReady(Service service) {
    try {
      URI health =
          URI.create("http://" + LOOPBACK + ":" + httpPorts.get(service) + "/q/health/ready");
      HttpURLConnection connection = (HttpURLConnection) health.toURL().openConnection();
      connection.setConnectTimeout(200);
      connection.setReadTimeout(2_000);
      try {
        return connection.getResponseCode() == 200;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return false;
    }
  }
}
