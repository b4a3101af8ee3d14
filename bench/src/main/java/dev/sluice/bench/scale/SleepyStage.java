package dev.sluice.bench.scale;

import com.google.protobuf.ByteString;
import dev.sluice.contract.Pool;
import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.PngImage;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.UpscalerParameters;
import dev.sluice.stage.blob.BlobStore;
import dev.sluice.stage.kafka.GroupSetup;
import dev.sluice.stage.kafka.KafkaDoor;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.kafka.PassingOn;
import dev.sluice.stage.kafka.ShareGroupWorker;
import dev.sluice.stage.status.StatusBoard;
import dev.sluice.stage.status.StatusPublisher;
import dev.sluice.stage.work.Backoff;
import dev.sluice.stage.work.CancelledWork;
import dev.sluice.stage.work.Payloads;
import dev.sluice.stage.work.ProgressStore;
import dev.sluice.stage.work.StageContext;
import dev.sluice.stage.work.StageRuntime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Workers of a stage as it is, but for the work: each task takes the same time, and no processor.
 */
final class SleepyStage {

  static final Pool POOL = Pool.whole(Stage.UPSCALER);

  private static final Duration LOCK = Duration.ofSeconds(15);
  private static final int INLINE_LIMIT = 524_288;
  private static final byte[] PICTURE = new byte[10_000];

  private final Map<String, Object> kafka;
  private final BlobStore blobs;
  private final Duration serviceTime;
  private final Consumer<Task> done;

  /**
   * @param serviceTime of a task
   * @param done told of each task that ends
   */
  SleepyStage(
      Map<String, Object> kafka, BlobStore blobs, Duration serviceTime, Consumer<Task> done) {
    this.kafka = kafka;
    this.blobs = blobs;
    this.serviceTime = serviceTime;
    this.done = done;
    GroupSetup.prepare(kafka, POOL.group(), POOL.topic(), LOCK);
  }

  /** A task of the stage; the number is in its work's id. */
  static Task task(int number) {
    String work = "work-" + number;
    return Task.newBuilder()
        .setHeader(
            TaskHeader.newBuilder()
                .setRequestId(work)
                .setWorkId(work)
                .setImageId(work + "/0")
                .setModel("sleepy"))
        .setStep(
            RouteStep.newBuilder()
                .setStage(Stage.UPSCALER)
                .setUpscaler(UpscalerParameters.getDefaultInstance()))
        .putInputs("sample", TensorMessages.of(new float[] {1, 2, 3}, 1, 3, 1, 1))
        .build();
  }

  static int number(Task task) {
    return Integer.parseInt(task.getHeader().getWorkId().substring("work-".length()));
  }

  /** One replica that works on one task at a time. */
  final class Worker implements AutoCloseable {

    private final Outbox outbox = new Outbox(kafka);
    private final ProgressStore checkpoints = new ProgressStore(blobs, 0);
    private final ShareGroupWorker worker;

    Worker() {
      StageRuntime runtime =
          new StageRuntime(
              Stage.UPSCALER,
              SleepyStage.this::work,
              new Payloads(blobs, INLINE_LIMIT),
              new CancelledWork(),
              new SimpleMeterRegistry());
      PassingOn passing =
          new PassingOn(
              new StatusBoard(),
              POOL,
              StatusPublisher.name(Stage.UPSCALER),
              outbox,
              StatusPublisher.AT_LEAST_EVERY,
              PassingOn.PAUSES);
      worker =
          new ShareGroupWorker(
              kafka,
              POOL.group(),
              POOL.topic(),
              1,
              new KafkaDoor(runtime, outbox, checkpoints, passing, Backoff.upTo(LOCK)));
    }

    @Override
    public void close() {
      worker.close();
      outbox.close();
      checkpoints.close();
    }
  }

  private StageResult work(Task task, StageContext context) {
    try {
      Thread.sleep(serviceTime.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    done.accept(task);
    return StageResult.newBuilder()
        .setHeader(task.getHeader())
        .setImage(
            PngImage.newBuilder().setPng(ByteString.copyFrom(PICTURE)).setWidth(1).setHeight(1))
        .build();
  }
}
