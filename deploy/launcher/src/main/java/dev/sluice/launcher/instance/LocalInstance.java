package dev.sluice.launcher.instance;

import dev.sluice.autoscaling.ScaledObject;
import dev.sluice.launcher.console.LaunchException;
import dev.sluice.launcher.console.ProgressDisplay;
import dev.sluice.launcher.console.StartReport;
import dev.sluice.launcher.process.ChildJvm;
import dev.sluice.launcher.process.ChildProcess;
import dev.sluice.launcher.process.Health;
import dev.sluice.launcher.process.KeptProcess;
import dev.sluice.launcher.process.Patience;
import dev.sluice.launcher.process.PortOwner;
import dev.sluice.launcher.process.Ports;
import dev.sluice.launcher.scaling.ReplicaSet;
import dev.sluice.launcher.scaling.StageScaling;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A whole Sluice on this machine: an embedded Kafka broker and the services, as child processes on
 * free loopback ports. {@link #close} stops them all; if this process dies, they leave by
 * themselves.
 */
public final class LocalInstance implements AutoCloseable {

  private static final Duration STANDSTILL = Duration.ofSeconds(60);

  /** A virtual machine that waits for a broker takes a hundredth of a core. */
  private static final Duration BUSY = Duration.ofSeconds(3);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(8);

  /** Where what stays up listens if nothing else does, by what is spoken there. */
  public static final Map<String, Integer> USUAL_PORTS =
      Map.of("Kafka", 9092, "HTTP", 8080, "gRPC", 9000);

  private static final long POLL_MILLIS = 100;

  private static final String BROKER_HEAP = "768m";

  private final RunFolder run;
  private final Processes processes;
  private final Path models;
  private final StartReport report;
  private final int kafkaPort;
  private final Map<Service, Integer> httpPorts = new EnumMap<>(Service.class);
  private final Map<Service, Integer> grpcPorts = new EnumMap<>(Service.class);
  private final ServiceStarter starter;
  private KeptProcess broker;
  private final Map<Service, KeptProcess> services = new EnumMap<>(Service.class);
  private final List<StageScaling> scaled;
  private Optional<ManagedChannel> scaler = Optional.empty();
  private boolean wasReady;
  private long ready;
  private boolean closing;

  private LocalInstance(
      SluiceHome home,
      RunFolder run,
      Processes processes,
      PortChoice choice,
      Path models,
      List<String> preload,
      StartReport report) {
    this.run = run;
    this.processes = processes;
    this.models = models;
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
    this.starter = new ServiceStarter(home, run, models, preload, bootstrapServers());
    this.scaled =
        processes.scaled().entrySet().stream()
            .map(stage -> scaling(stage.getKey(), stage.getValue()))
            .toList();
  }

  private StageScaling scaling(Service service, ScaledObject.Spec spec) {
    if (scaler.isEmpty()) {
      scaler =
          Optional.of(
              ManagedChannelBuilder.forAddress(
                      ServiceStarter.LOOPBACK, grpcPorts.get(Service.SCALER))
                  .usePlaintext()
                  .build());
    }
    return new StageScaling(
        service.label(),
        spec,
        scaler.get(),
        new ReplicaSet(service.label(), name -> startReplica(service, name), report),
        run.logs(),
        report);
  }

  private ChildProcess startReplica(Service service, String name) {
    List<Integer> ports = Ports.free(2);
    return starter.start(service, name, ports.get(0), ports.get(1));
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
   * @param preload the models to load at once; empty for the usual one
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
        ServiceStarter.LOOPBACK + ":" + grpcPorts.get(processes.gateway()),
        ServiceStarter.LOOPBACK + ":" + httpPorts.get(processes.gateway()),
        bootstrapServers(),
        models,
        httpPorts.entrySet().stream()
            .collect(
                Collectors.toMap(
                    port -> port.getKey().label(),
                    port -> ServiceStarter.LOOPBACK + ":" + port.getValue())));
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
    if (wasReady) {
      Duration now = Duration.ofNanos(System.nanoTime() - ready);
      scaled.forEach(stage -> stage.watch(now));
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
    List<ChildProcess> children = new ArrayList<>();
    services.values().forEach(service -> children.add(service.child()));
    scaled.forEach(stage -> children.addAll(stage.processes()));
    children.forEach(ChildProcess::requestStop);
    children.forEach(child -> child.awaitStop(STOP_LIMIT));
    scaler.ifPresent(ManagedChannel::shutdownNow);
    if (broker != null) {
      broker.child().requestStop();
      broker.child().awaitStop(STOP_LIMIT);
    }
  }

  private void startProcesses() {
    broker = new KeptProcess(this::startBroker, report);
    for (Service service : processes.services()) {
      int http = httpPorts.get(service);
      int grpc = grpcPorts.get(service);
      services.put(
          service,
          new KeptProcess(() -> starter.start(service, service.label(), http, grpc), report));
    }
    scaled.forEach(StageScaling::begin);
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

  private String bootstrapServers() {
    return ServiceStarter.LOOPBACK + ":" + kafkaPort;
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
        Health health = Health.of(ServiceStarter.LOOPBACK, httpPorts.get(service));
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
      ready = System.nanoTime();
    }
  }
}
