package dev.sluice.scaler;

import dev.sluice.contract.Pool;
import dev.sluice.stage.blob.FolderBlobStore;
import dev.sluice.stage.kafka.KafkaDoor;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.kafka.PassingOn;
import dev.sluice.stage.kafka.ShareGroupWorker;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.Tasks;
import dev.sluice.stage.rig.ToyState;
import dev.sluice.stage.status.StatusBoard;
import dev.sluice.stage.status.StatusPublisher;
import dev.sluice.stage.work.Backoff;
import dev.sluice.stage.work.CancelledWork;
import dev.sluice.stage.work.Payloads;
import dev.sluice.stage.work.ProgressStore;
import dev.sluice.stage.work.StageRuntime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/** A denoiser of one slot in a pool, whose tasks end when they may. */
final class WorkerRig implements AutoCloseable {

  private final ToyState state = new ToyState();
  private final List<String> models = new CopyOnWriteArrayList<>();
  private final ProgressStore checkpoints;
  private final ShareGroupWorker tasks;
  private final StatusPublisher status;

  WorkerRig(KafkaForTests.Address kafka, Pool pool, Outbox outbox, Path blobs, Semaphore mayEnd) {
    FolderBlobStore store = new FolderBlobStore(blobs);
    checkpoints = new ProgressStore(store, 0);
    StageRuntime runtime =
        new StageRuntime(
            pool.stage(),
            (task, context) -> {
              models.add(task.getHeader().getModel());
              mayEnd.acquireUninterruptibly();
              return Tasks.denoise(task, context);
            },
            new Payloads(store, 1 << 20),
            new CancelledWork(),
            new SimpleMeterRegistry());
    String name = StatusPublisher.name(pool.stage());
    PassingOn passing =
        new PassingOn(new StatusBoard(), pool, name, outbox, Duration.ZERO, PassingOn.PAUSES);
    tasks =
        new ShareGroupWorker(
            kafka.settings(),
            pool.group(),
            pool.topic(),
            1,
            new KafkaDoor(runtime, outbox, checkpoints, passing, Backoff.upTo(ScalerRig.LOCK)));
    status =
        new StatusPublisher(kafka.settings(), pool, name, state, tasks::isReady, runtime::workDone);
  }

  /** Has it tell how it is, which it does by itself every five seconds. */
  boolean tell() {
    state.set(ToyState.loading(1));
    return true;
  }

  /** The models of the tasks that it took. */
  List<String> models() {
    return models;
  }

  @Override
  public void close() {
    tasks.close();
    status.close();
    checkpoints.close();
  }
}
