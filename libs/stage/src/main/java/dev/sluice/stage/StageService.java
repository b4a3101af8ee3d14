package dev.sluice.stage;

import dev.sluice.contract.Topics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.Instance;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the application's {@link StageModule}: loads it, opens both doors, and closes them again.
 * Ready when the models are loaded and the share group is joined.
 */
@Default // to be injected as what it is, besides being found as a check
@Readiness
@ApplicationScoped
public class StageService implements HealthCheck {

  private static final Logger LOG = LoggerFactory.getLogger(StageService.class);

  private final Instance<StageModule<?, ?>> modules;
  private final StageSettings settings;
  private final MeterRegistry metrics;
  private final Map<String, Object> kafka;
  private volatile Doors<?, ?> doors;

  StageService(
      Instance<StageModule<?, ?>> modules,
      StageSettings settings,
      MeterRegistry metrics,
      @ConfigProperty(name = "kafka.bootstrap.servers", defaultValue = "localhost:9092")
          String bootstrapServers) {
    this.modules = modules;
    this.settings = settings;
    this.metrics = metrics;
    this.kafka = Map.of("bootstrap.servers", bootstrapServers);
  }

  private record Doors<T, R>(
      GrpcDoor<T, R> grpc,
      ShareGroupWorker worker,
      ControlListener control,
      Outbox outbox,
      Backlog backlog) {

    void close() {
      worker.close();
      control.close();
      outbox.close();
      backlog.close();
    }
  }

  void start(@Observes StartupEvent event) {
    if (modules.isUnsatisfied()) {
      return;
    }
    Thread loader = new Thread(this::open, "stage-loader");
    loader.setDaemon(true);
    loader.start();
  }

  private void open() {
    try {
      doors = open(modules.get());
    } catch (RuntimeException | LinkageError e) {
      LOG.error("The stage could not be started: {}", e.getMessage(), e);
      Quarkus.asyncExit(1);
    }
  }

  private <T, R> Doors<T, R> open(StageModule<T, R> module) {
    String name = Topics.name(module.protocol().stage());
    String topic = Topics.tasks(module.protocol().stage());
    String group = "sluice-" + name;
    Thread setup =
        new Thread(() -> GroupSetup.prepare(kafka, group, topic, settings.lock()), "group-setup");
    setup.start();
    Stage<T, R> stage = module.load();
    join(setup);
    CancelledRequests cancelled = new CancelledRequests();
    Payloads payloads = new Payloads(new FolderBlobStore(settings.blobs()), settings.inlineLimit());
    StageRuntime<T, R> runtime =
        new StageRuntime<>(module.protocol(), stage, payloads, cancelled, metrics);
    Outbox outbox = new Outbox(kafka);
    ControlListener control = new ControlListener(kafka, cancelled);
    ShareGroupWorker worker =
        new ShareGroupWorker(
            kafka,
            group,
            topic,
            settings.slots(),
            settings.lock(),
            new KafkaDoor<>(runtime, outbox));
    Backlog backlog = new Backlog(kafka, group);
    Gauge.builder("sluice.stage.backlog", backlog, Backlog::records)
        .description("Tasks that wait or are in work, over all replicas")
        .tag("stage", name)
        .register(metrics);
    return new Doors<>(new GrpcDoor<>(runtime, settings.slots()), worker, control, outbox, backlog);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The stage's gRPC door.
   *
   * @throws InvalidTaskException while the models are being loaded
   */
  @SuppressWarnings("unchecked")
  public <T, R> GrpcDoor<T, R> grpc(StageProtocol<T, R> protocol) {
    Doors<?, ?> open = doors;
    if (open == null) {
      throw io.grpc.Status.UNAVAILABLE
          .withDescription("the models are still being loaded; try again in a moment")
          .asRuntimeException();
    }
    return (GrpcDoor<T, R>) open.grpc();
  }

  @Override
  public HealthCheckResponse call() {
    Doors<?, ?> open = doors;
    return HealthCheckResponse.named("stage")
        .status(modules.isUnsatisfied() || open != null && open.worker().isReady())
        .withData("models", open != null ? "loaded" : "loading")
        .build();
  }

  void stop(@Observes ShutdownEvent event) {
    Doors<?, ?> open = doors;
    if (open != null) {
      open.close();
    }
  }
}
