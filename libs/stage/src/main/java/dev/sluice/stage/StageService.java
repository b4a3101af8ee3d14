package dev.sluice.stage;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.StageStatus;
import io.grpc.Status;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
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

  private final Supplier<Optional<StageModule<?, ?>>> module;
  private final StageSettings settings;
  private final MeterRegistry metrics;
  private final Map<String, Object> kafka;
  private boolean stopped;
  private volatile Doors<?, ?> doors;

  @Inject
  StageService(
      Instance<StageModule<?, ?>> modules,
      StageSettings settings,
      MeterRegistry metrics,
      @ConfigProperty(name = "kafka.bootstrap.servers", defaultValue = "localhost:9092")
          String bootstrapServers) {
    this(() -> modules.stream().findFirst(), settings, metrics, bootstrapServers);
  }

  StageService(
      Supplier<Optional<StageModule<?, ?>>> module,
      StageSettings settings,
      MeterRegistry metrics,
      String bootstrapServers) {
    this.module = module;
    this.settings = settings;
    this.metrics = metrics;
    this.kafka = Map.of("bootstrap.servers", bootstrapServers);
  }

  private record Doors<T, R>(
      GrpcDoor<T, R> grpc,
      ShareGroupWorker worker,
      ControlListener control,
      Outbox outbox,
      Checkpoints checkpoints,
      BlobSweeper sweeper,
      Backlog backlog,
      StatusPublisher status) {

    void close() {
      Thread calls = new Thread(grpc::close, "grpc-close");
      calls.start();
      worker.close();
      join(calls);
      status.close();
      control.close();
      outbox.close();
      checkpoints.close();
      sweeper.close();
      backlog.close();
    }
  }

  void start(@Observes StartupEvent event) {
    // Not every application with this library is a stage.
    if (module.get().isEmpty()) {
      return;
    }
    Thread loader = new Thread(this::open, "stage-loader");
    loader.setDaemon(true);
    loader.start();
  }

  private void open() {
    try {
      opened(open(module.get().orElseThrow()));
    } catch (Throwable e) {
      // An error, too: with this thread the process would lose what it is there for.
      if (!isStopped()) {
        LOG.error("The stage could not be started", e);
        LOG.error(FatalLine.of(e));
        Quarkus.asyncExit(1);
      }
    }
  }

  /** What fails then fails because the end has come. */
  private synchronized boolean isStopped() {
    return stopped;
  }

  /** The end may come while the models are being loaded. */
  private synchronized void opened(Doors<?, ?> opened) {
    if (stopped) {
      opened.close();
    } else {
      doors = opened;
    }
  }

  private <T, R> Doors<T, R> open(StageModule<T, R> module) {
    String name = Topics.name(module.protocol().stage());
    String topic = Topics.tasks(module.protocol().stage());
    String group = "sluice-" + name;
    FutureTask<Void> setup =
        new FutureTask<>(() -> GroupSetup.prepare(kafka, group, topic, settings.lock()), null);
    new Thread(setup, "group-setup").start();
    Stage<T, R> stage = module.load();
    join(setup);
    CancelledWork cancelled = new CancelledWork();
    FolderBlobStore blobs = new FolderBlobStore(settings.blobs());
    Payloads payloads = new Payloads(blobs, settings.inlineLimit());
    Checkpoints checkpoints = new Checkpoints(blobs, settings.checkpointEvery());
    StageRuntime<T, R> runtime =
        new StageRuntime<>(module.protocol(), stage, payloads, cancelled, metrics);
    Outbox outbox = new Outbox(kafka);
    ControlListener control = new ControlListener(kafka, cancelled);
    ShareGroupWorker worker =
        new ShareGroupWorker(
            kafka, group, topic, settings.slots(), new KafkaDoor<>(runtime, outbox, checkpoints));
    Backlog backlog = new Backlog(kafka, group, topic);
    Gauge.builder("sluice.stage.backlog", backlog, Backlog::records)
        .description("Tasks that wait or are in work, over all replicas")
        .tag("stage", name)
        .register(metrics);
    return new Doors<>(
        new GrpcDoor<>(runtime, settings.slots()),
        worker,
        control,
        outbox,
        checkpoints,
        new BlobSweeper(blobs, settings.blobRetention()),
        backlog,
        new StatusPublisher(kafka, module.protocol().stage(), module.state(), worker::isReady));
  }

  private static void join(FutureTask<Void> setup) {
    try {
      setup.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the share group was set up", e);
    }
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
   * @throws io.grpc.StatusRuntimeException {@code UNAVAILABLE} while the models are being loaded
   */
  @SuppressWarnings("unchecked")
  public <T, R> GrpcDoor<T, R> grpc(StageProtocol<T, R> protocol) {
    Doors<?, ?> open = doors;
    if (open == null) {
      throw Status.UNAVAILABLE
          .withDescription("the models are still being loaded; try again in a moment")
          .asRuntimeException();
    }
    return (GrpcDoor<T, R>) open.grpc();
  }

  @Override
  public HealthCheckResponse call() {
    Doors<?, ?> open = doors;
    Optional<StageModule<?, ?>> own = module.get();
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named("stage")
            .status(own.isEmpty() || open != null && open.worker().isReady());
    own.ifPresent(stage -> describe(stage.state(), response));
    return response.build();
  }

  private static void describe(StageState state, HealthCheckResponseBuilder response) {
    StageStatus.Builder status = StageStatus.newBuilder();
    state.describe(status);
    response.withData("memory", StatusTexts.of(status.getMemory()));
    status
        .getModelsList()
        .forEach(model -> response.withData("model " + model.getName(), StatusTexts.of(model)));
  }

  synchronized void stop(@Observes ShutdownEvent event) {
    stopped = true;
    Doors<?, ?> open = doors;
    if (open != null) {
      open.close();
    }
  }
}
