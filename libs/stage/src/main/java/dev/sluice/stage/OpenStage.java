package dev.sluice.stage;

import dev.sluice.contract.Pool;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.Stage;
import dev.sluice.stage.blob.BlobStore;
import dev.sluice.stage.blob.BlobSweeper;
import dev.sluice.stage.grpc.GrpcDoor;
import dev.sluice.stage.kafka.Backlog;
import dev.sluice.stage.kafka.ControlListener;
import dev.sluice.stage.kafka.GroupSetup;
import dev.sluice.stage.kafka.KafkaDoor;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.kafka.PassingOn;
import dev.sluice.stage.kafka.ShareGroupWorker;
import dev.sluice.stage.status.Neighbours;
import dev.sluice.stage.status.StatusBoard;
import dev.sluice.stage.status.StatusPublisher;
import dev.sluice.stage.work.Backoff;
import dev.sluice.stage.work.CancelledWork;
import dev.sluice.stage.work.Payloads;
import dev.sluice.stage.work.ProgressStore;
import dev.sluice.stage.work.StageModule;
import dev.sluice.stage.work.StageRuntime;
import dev.sluice.stage.work.StageWork;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A stage that is open: both its doors, and what stands behind them. */
record OpenStage(
    GrpcDoor grpc,
    ShareGroupWorker worker,
    ControlListener control,
    Outbox outbox,
    ProgressStore checkpoints,
    BlobSweeper sweeper,
    Backlog backlog,
    StatusPublisher status)
    implements AutoCloseable {

  /**
   * Opens a stage; returns when it takes calls.
   *
   * @param kafka how Kafka is reached; {@code bootstrap.servers} at least
   * @param full whether the process is about to end
   */
  static OpenStage of(
      StageModule module,
      StageConfig settings,
      Supplier<BlobStore> store,
      MeterRegistry metrics,
      Map<String, Object> kafka,
      BooleanSupplier full) {
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
    return new OpenStage(
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
            () -> worker.isReady() && !full.getAsBoolean(),
            runtime::workDone));
  }

  @Override
  public void close() {
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
}
