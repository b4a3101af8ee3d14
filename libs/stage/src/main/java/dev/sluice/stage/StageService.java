package dev.sluice.stage;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.stage.blob.BlobStore;
import dev.sluice.stage.blob.BlobStores;
import dev.sluice.stage.bucket.S3Settings;
import dev.sluice.stage.grpc.GrpcDoor;
import dev.sluice.stage.kafka.KafkaSettings;
import dev.sluice.stage.process.FatalLine;
import dev.sluice.stage.status.StageState;
import dev.sluice.stage.status.StatusTexts;
import dev.sluice.stage.work.StageModule;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
 * Runs the application's {@link StageModule}s, one in most and none in some: opens each and both
 * its doors, and closes them again. Ready when the share groups are joined; which models are loaded
 * is told beside.
 */
@Default // to be injected as what it is, besides being found as a check
@Readiness
@ApplicationScoped
public class StageService implements HealthCheck {

  private static final Logger LOG = LoggerFactory.getLogger(StageService.class);

  /** The status of a process that is full and wants to be started anew: EX_TEMPFAIL. */
  public static final int EXIT_FULL = 75;

  private final Supplier<List<StageModule>> modules;
  private final StageConfig settings;
  private final Supplier<BlobStore> store;
  private final MeterRegistry metrics;
  private final Map<String, Object> kafka;
  private final IntConsumer exit;
  private final Map<Stage, OpenStage> open = new ConcurrentHashMap<>();
  private boolean stopped;
  private volatile String full;

  @Inject
  StageService(
      Instance<StageModule> modules,
      StageConfig settings,
      S3Settings s3,
      MeterRegistry metrics,
      Config config) {
    this(
        () -> modules.stream().toList(),
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
      Supplier<List<StageModule>> modules,
      StageConfig settings,
      Supplier<BlobStore> store,
      MeterRegistry metrics,
      Map<String, Object> kafka,
      IntConsumer exit) {
    this.modules = modules;
    this.settings = settings;
    this.store = store;
    this.metrics = metrics;
    this.exit = exit;
    this.kafka = kafka;
  }

  void start(@Observes StartupEvent event) {
    for (StageModule module : modules.get()) {
      module.state().onFull(this::endFull);
      Thread loader = new Thread(() -> open(module), "stage-loader");
      loader.setDaemon(true);
      loader.start();
    }
  }

  private void open(StageModule module) {
    try {
      opened(
          module.stage(),
          OpenStage.of(module, settings, store, metrics, kafka, () -> full != null));
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
  private synchronized void opened(Stage stage, OpenStage opened) {
    if (stopped) {
      opened.close();
    } else {
      open.put(stage, opened);
    }
  }

  /**
   * The gRPC door of a task's stage; a task for a stage that is not here gets to one that is, which
   * refuses it with a sentence.
   *
   * @throws io.grpc.StatusRuntimeException {@code UNAVAILABLE} while the service starts
   */
  public GrpcDoor grpc(Stage stage) {
    List<Stage> own = modules.get().stream().map(StageModule::stage).toList();
    return own.stream()
        .filter(here -> here == stage || !own.contains(stage))
        .findFirst()
        .map(open::get)
        .map(OpenStage::grpc)
        .orElseThrow(
            () ->
                Status.UNAVAILABLE
                    .withDescription("the service is still starting; try again in a moment")
                    .asRuntimeException());
  }

  @Override
  public HealthCheckResponse call() {
    List<StageModule> own = modules.get();
    HealthCheckResponseBuilder response =
        HealthCheckResponse.named("stage")
            .status(full == null && own.stream().allMatch(this::ready));
    if (full != null) {
      response.withData("ends", full);
    }
    for (StageModule module : own) {
      describe(module.state(), own.size() == 1 ? "" : Topics.name(module.stage()) + " ", response);
    }
    return response.build();
  }

  private boolean ready(StageModule module) {
    OpenStage opened = open.get(module.stage());
    return opened != null && opened.worker().isReady();
  }

  private static void describe(
      StageState state, String prefix, HealthCheckResponseBuilder response) {
    StageStatus.Builder status = StageStatus.newBuilder();
    state.describe(status);
    response.withData(prefix + "memory", StatusTexts.of(status.getMemory()));
    status
        .getModelsList()
        .forEach(
            model -> response.withData(prefix + "model " + model.getName(), StatusTexts.of(model)));
  }

  synchronized void stop(@Observes ShutdownEvent event) {
    stopped = true;
    open.values().parallelStream().forEach(OpenStage::close);
  }
}
