package dev.sluice.stage;

import dev.sluice.contract.Pool;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.stage.blob.BlobStore;
import dev.sluice.stage.blob.BlobStores;
import dev.sluice.stage.blob.BlobSweeper;
import dev.sluice.stage.blob.S3Settings;
import dev.sluice.stage.grpc.GrpcDoor;
import dev.sluice.stage.kafka.Backlog;
import dev.sluice.stage.kafka.ControlListener;
import dev.sluice.stage.kafka.GroupSetup;
import dev.sluice.stage.kafka.KafkaDoor;
import dev.sluice.stage.kafka.KafkaSettings;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.kafka.PassingOn;
import dev.sluice.stage.kafka.ShareGroupWorker;
import dev.sluice.stage.process.FatalLine;
import dev.sluice.stage.status.Neighbours;
import dev.sluice.stage.status.StageState;
import dev.sluice.stage.status.StatusBoard;
import dev.sluice.stage.status.StatusPublisher;
import dev.sluice.stage.status.StatusTexts;
import dev.sluice.stage.work.Backoff;
import dev.sluice.stage.work.CancelledWork;
import dev.sluice.stage.work.Payloads;
import dev.sluice.stage.work.ProgressStore;
import dev.sluice.stage.work.StageModule;
import dev.sluice.stage.work.StageRuntime;
import dev.sluice.stage.work.StageWork;
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
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the application's {@link StageModule}: opens it and both its doors, and closes them again.
 * Ready when the share group is joined; which models are loaded is told beside.
 */
@Default // to be injected as what it is, besides being found as a check
@Readiness
@ApplicationScoped
public class StageService implements HealthCheck {

  private static final Logger LOG = LoggerFactory.getLogger(StageService.class);

  /** The status of a process that is full and wants to be started anew: EX_TEMPFAIL. */
  public static final int EXIT_FULL = 75;

  private final Supplier<Optional<StageModule>> module;
  private final StageConfig settings;
  private final Supplier<BlobStore> store;
  private final MeterRegistry metrics;
  private final Map<String, Object> kafka;
  private final IntConsumer exit;
  private boolean stopped;
  private volatile String full;
  private volatile Doors doors;

  @Inject
  StageService(
      Instance<StageModule> modules,
      StageConfig settings,
      S3Settings s3,
      MeterRegistry metrics,
      Config config) {
    this(
        () -> modules.stream().findFirst(),
        settings,
        () -> BlobStores.open(settings.blobs(), s3),
        metrics,
        KafkaSettings.of(config),
        Quarkus::asyncExit);
  }

  /**
   * @param kafka how Kafka is reached; {@code bootstrap.servers} at least
   * @param exit ends the process with a status
   */
  StageService(
      Supplier<Optional<StageModule>> module,
      StageConfig settings,
      Supplier<BlobStore> store,
      MeterRegistry metrics,
      Map<String, Object> kafka,
      IntConsumer exit) {
    this.module = module;
    this.settings = settings;
    this.store = store;
    this.metrics = metrics;
    this.exit = exit;
    this.kafka = kafka;
  }

  private record Doors(
      GrpcDoor grpc,
      ShareGroupWorker worker,
      ControlListener control,
      Outbox outbox,
      ProgressStore checkpoints,
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
    module.get().orElseThrow().state().onFull(this::endFull);
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
        exit.accept(1);
      }
    }
  }

  /** What fails then fails because the end has come. */
  private synchronized boolean isStopped() {
    return stopped;
  }

  /**
   * Ends this process in good order: no more tasks, those in work go to others. Whoever started it
   * starts it anew.
   */
  private synchronized void endFull(String reason) {
    if (full == null && !stopped) {
      full = reason;
      LOG.error("This process ends and is to be started anew: {}", reason);
      exit.accept(EXIT_FULL);
    }
  }

  /** The end may come while the stage is being opened. */
  private synchronized void opened(Doors opened) {
    if (stopped) {
      opened.close();
    } else {
      doors = opened;
    }
  }

  private Doors open(StageModule module) {
    Stage stage = module.stage();
    Pool pool = StagePools.own(settings, stage);
    String topic = pool.topic();
    String group = pool.group();
    FutureTask<Void> setup =
        new FutureTask<>(() -> GroupSetup.prepare(kafka, group, topic, settings.lock()), null);
    new Thread(setup, "group-setup").start();
    StageWork work = module.open();
    join(setup);
    CancelledWork cancelled = new CancelledWork();
    BlobStore blobs = store.get();
    Payloads payloads = new Payloads(blobs, settings.inlineLimit());
    ProgressStore checkpoints = new ProgressStore(blobs, settings.checkpointEvery());
    StageRuntime runtime = new StageRuntime(stage, work, payloads, cancelled, metrics);
    Outbox outbox = new Outbox(kafka);
    StatusBoard workers = new StatusBoard();
    String self = StatusPublisher.name(stage);
    module.state().meet(new Neighbours(workers, stage, self));
    PassingOn passing =
        new PassingOn(
            workers,
            pool,
            self,
            outbox,
            StatusPublisher.AT_LEAST_EVERY.plusSeconds(1),
            PassingOn.PAUSES);
    ControlListener control = new ControlListener(kafka, cancelled, workers);
    ShareGroupWorker worker =
        new ShareGroupWorker(
            kafka,
            group,
            topic,
            settings.slots(),
            new KafkaDoor(runtime, outbox, checkpoints, passing, Backoff.upTo(settings.lock())));
    Backlog backlog = new Backlog(kafka, group, topic);
    Gauge.builder("sluice.stage.backlog", backlog, Backlog::records)
        .description("Tasks that wait or are in work, over all replicas")
        .tag("stage", Topics.name(stage))
        .register(metrics);
    return new Doors(
        new GrpcDoor(runtime, settings.slots()),
        worker,
        control,
        outbox,
        checkpoints,
        new BlobSweeper(blobs, settings.blobRetention()),
        backlog,
        new StatusPublisher(
            kafka,
            pool,
            self,
            module.state(),
            () -> worker.isReady() && full == null,
            runtime::workDone));
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
   * @throws io.grpc.StatusRuntimeException {@code UNAVAILABLE} while the service starts
   */
  public GrpcDoor grpc() {
    Doors open = doors;
    if (open == null) {
      throw Status.UNAVAILABLE
          .withDescription("the service is still starting; try again in a moment")
          .asRuntimeException();
    }
    return open.grpc();
  }

  @Override
  public HealthCheckResponse call() {
    Doors open = doors;
    Optional<StageModule> own = module.get();
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named("stage")
            .status(own.isEmpty() || open != null && open.worker().isReady() && full == null);
    if (full != null) {
      response.withData("ends", full);
    }
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
    Doors open = doors;
    if (open != null) {
      open.close();
    }
  }
}
