package dev.sluice.launcher.instance;

import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.console.ProgressDisplay;
import dev.sluice.launcher.console.StartReport;
import dev.sluice.launcher.model.ModelSizes;
import dev.sluice.launcher.process.ChildJvm;
import dev.sluice.launcher.process.ChildProcess;
import dev.sluice.launcher.process.Health;
import dev.sluice.launcher.process.KeptProcess;
import dev.sluice.launcher.process.Patience;
import dev.sluice.launcher.process.PortOwner;
import dev.sluice.launcher.process.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A whole Sluice on this machine: an embedded Kafka broker and the services, as child processes on
 * free loopback ports. {@link #close} stops them all; if this process dies, they leave by
 * themselves.
 */
public final class LocalInstance implements AutoCloseable {

  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration STANDSTILL = Duration.ofSeconds(60);

  /** A virtual machine that waits for a broker takes a hundredth of a core. */
  private static final Duration BUSY = Duration.ofSeconds(3);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(8);

  /** Where what stays up listens if nothing else does, by what is spoken there. */
  public static final Map<String, Integer> USUAL_PORTS =
      Map.of("Kafka", 9092, "HTTP", 8080, "gRPC", 9000);

  private static final long POLL_MILLIS = 100;

  private static final String BROKER_HEAP = "768m";

  private final SluiceHome home;
  private final RunFolder run;
  private final Processes processes;
  private final Path models;
  private final List<String> preload;
  private final StartReport report;
  private final int kafkaPort;
  private final Map<Service, Integer> httpPorts = new EnumMap<>(Service.class);
  private final Map<Service, Integer> grpcPorts = new EnumMap<>(Service.class);
  private KeptProcess broker;
  private final Map<Service, KeptProcess> services = new EnumMap<>(Service.class);
  private boolean wasReady;
  private boolean closing;

  private LocalInstance(
      SluiceHome home,
      RunFolder run,
      Processes processes,
      PortChoice choice,
      Path models,
      List<String> preload,
      StartReport report) {
    this.home = home;
    this.run = run;
    this.processes = processes;
    this.models = models;
    this.preload = preload;
    this.report = report;
    List<Service> all = processes.services();
    List<Integer> ports = Ports.free(1 + 2 * all.size());
    this.kafkaPort = choice == PortChoice.USUAL ? preferring("Kafka", ports.get(0)) : ports.get(0);
    for (int i = 0; i < all.size(); i++) {
      httpPorts.put(all.get(i), ports.get(1 + 2 * i));
      grpcPorts.put(all.get(i), ports.get(2 + 2 * i));
    }
    if (choice == PortChoice.USUAL) {
      httpPorts.computeIfPresent(processes.gateway(), (door, free) -> preferring("HTTP", free));
      grpcPorts.computeIfPresent(processes.gateway(), (door, free) -> preferring("gRPC", free));
    }
  }

  private int preferring(String what, int otherwise) {
    int wanted = USUAL_PORTS.get(what);
    int port = Ports.preferring(wanted, otherwise);
    if (port != wanted) {
      report.tell(
          "port %d is taken%s; %s listens on %d"
              .formatted(
                  wanted,
                  PortOwner.of(wanted).map(owner -> " by " + owner).orElse(""),
                  what,
                  port));
    }
    return port;
  }

  /**
   * Starts every process at once and returns when all are ready.
   *
   * @param processes how it is spread
   * @param choice where it listens
   * @param models the folder that holds the model folders
   * @param preload the models to load at once; empty for what the services choose
   * @param report told what happens
   * @throws LaunchException when a service is not built, or a process ends or does not get on
   */
  public static LocalInstance start(
      SluiceHome home,
      RunFolder run,
      Processes processes,
      PortChoice choice,
      Path models,
      List<String> preload,
      StartReport report) {
    LocalInstance instance =
        new LocalInstance(home, run, processes, choice, models, preload, report);
    // For Ctrl-C and the like, where no one comes to close it.
    Runtime.getRuntime().addShutdownHook(new Thread(instance::close, "stop"));
    try {
      instance.startProcesses();
      instance.awaitReady();
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
  public RunningInstance address() {
    return new RunningInstance(
        ProcessHandle.current().pid(),
        LOOPBACK + ":" + grpcPorts.get(processes.gateway()),
        LOOPBACK + ":" + httpPorts.get(processes.gateway()),
        bootstrapServers(),
        models,
        httpPorts.entrySet().stream()
            .collect(
                Collectors.toMap(
                    port -> port.getKey().label(), port -> LOOPBACK + ":" + port.getValue())));
  }

  /**
   * Looks after the processes: those that have ended are started anew. Until all were ready once,
   * only those are that ask for it: what does not start will not the second time.
   *
   * @throws LaunchException when a process ends too often, or the broker without leaving its data;
   *     with the reason
   */
  public synchronized void watch() {
    if (closing) {
      return;
    }
    if (!wasReady || !run.holdsRecords()) {
      broker.child().requireAlive();
    }
    broker.watch();
    for (KeptProcess service : services.values()) {
      if (!wasReady && !service.child().asksForAnother()) {
        service.child().requireAlive();
      }
      service.watch();
    }
  }

  /** Kills a service as a crash would; {@link #restart} brings it back. */
  public synchronized void kill(Service service) {
    services.get(service).child().kill();
    services.get(service).child().awaitStop(STOP_LIMIT);
  }

  /** Starts a service anew at its address, whether the old process has ended or not. */
  public synchronized void restart(Service service) {
    services.get(service).restart();
  }

  @Override
  public void close() {
    synchronized (this) {
      closing = true;
    }
    // The services first: they hand their work back to the broker.
    services.values().forEach(service -> service.child().requestStop());
    services.values().forEach(service -> service.child().awaitStop(STOP_LIMIT));
    if (broker != null) {
      broker.child().requestStop();
      broker.child().awaitStop(STOP_LIMIT);
    }
  }

  private void startProcesses() {
    broker = new KeptProcess(this::startBroker, report);
    for (Service service : processes.services()) {
      services.put(service, new KeptProcess(() -> startService(service), report));
    }
  }

  private ChildProcess startBroker() {
    List<String> command = ChildJvm.ofBroker(BROKER_HEAP);
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
    List<String> command = ChildJvm.ofService(service.heap(), ModelSizes.anyLarge(models));
    command.addAll(List.of("-jar", home.runnableJar(service).toString()));
    return ChildProcess.start(
        service.label(),
        command,
        environment(service),
        run.logs().resolve(service.label() + ".log"));
  }

  private Map<String, String> environment(Service service) {
    Map<String, String> environment = new HashMap<>();
    if (!preload.isEmpty()) {
      environment.put("SLUICE_SERVING_PRELOAD", String.join(",", preload));
    }
    environment.putAll(addresses(service));
    environment.putAll(
        Map.of(
            "SLUICE_MODELS",
            models.toString(),
            "SLUICE_BLOBS",
            run.blobs().toString(),
            "SLUICE_GATEWAY_DIGESTS",
            run.digests().toString(),
            "SLUICE_EXIT_WITH_PARENT",
            "true",
            "TF_ENABLE_ONEDNN_OPTS",
            "1",
            "TF_CPP_MIN_LOG_LEVEL",
            "2",
            // Six virtual machines that start on a busy machine block each other; that is no fault.
            "QUARKUS_VERTX_WARNING_EXCEPTION_TIME",
            "60s"));
    environment.putAll(NativeMemory.environment());
    return environment;
  }

  private Map<String, String> addresses(Service service) {
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
        bootstrapServers());
  }

  private String bootstrapServers() {
    return LOOPBACK + ":" + kafkaPort;
  }

  private void awaitReady() throws InterruptedException {
    long started = System.nanoTime();
    Map<Service, Patience> waiting = new EnumMap<>(Service.class);
    for (Service service : processes.services()) {
      waiting.put(service, new Patience(STANDSTILL, BUSY, started));
    }
    while (!waiting.isEmpty()) {
      watch();
      long now = System.nanoTime();
      for (Service service : Set.copyOf(waiting.keySet())) {
        Health health = Health.of(LOOPBACK, httpPorts.get(service));
        ChildProcess child = services.get(service).child();
        if (health.isReady()) {
          waiting.remove(service);
          report.ready(service.label(), Duration.ofNanos(now - started));
        } else if (waiting
            .get(service)
            .isOver(new Patience.Signs(health.models(), child.cpu()), now)) {
          throw new LaunchException(
              "The %s has stood still for %s and is not ready. %s%nIts log is %s"
                  .formatted(
                      child.name(),
                      ProgressDisplay.seconds(STANDSTILL),
                      child.lastWords(),
                      child.log()));
        }
      }
      Thread.sleep(POLL_MILLIS);
    }
    synchronized (this) {
      wasReady = true;
    }
  }
}
