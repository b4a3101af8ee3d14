package dev.sluice.stage.grpc;

import dev.sluice.contract.v1.StageLoading;
import dev.sluice.contract.v1.StageProgress;
import dev.sluice.contract.v1.StageReply;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.trace.LogFields;
import dev.sluice.stage.trace.Spans;
import dev.sluice.stage.trace.TraceParent;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.OutageException;
import dev.sluice.stage.work.StageRuntime;
import dev.sluice.stage.work.StageStoppedException;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.api.trace.SpanKind;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage's door to gRPC: the call's message is the task, the stream tells progress and ends with
 * the result. The same task gives the same result message as through Kafka.
 */
public final class GrpcDoor implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GrpcDoor.class);
  private static final long CLOSE_SECONDS = 20;

  /** Calls may carry pictures: those that wait take so much memory at most. */
  private static final long MOST_BYTES = 256L << 20;

  /** What a call takes besides its message, and then some. */
  private static final long CALL_BYTES = 64L << 10;

  private static final int MOST_WAITING = 32;

  private final StageRuntime runtime;
  private final ThreadPoolExecutor work;
  private final int slots;
  private final long mostBytes;
  private final AtomicLong queued = new AtomicLong();
  private int waiting;
  private volatile boolean stopping;

  /**
   * @param slots how many calls to work on at once; further ones wait
   */
  public GrpcDoor(StageRuntime runtime, int slots) {
    this(runtime, slots, MOST_BYTES);
  }

  public GrpcDoor(StageRuntime runtime, int slots, long mostBytes) {
    this.runtime = runtime;
    this.slots = slots;
    this.mostBytes = mostBytes;
    this.work =
        new ThreadPoolExecutor(
            slots,
            slots,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "grpc-work");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Serves one call and returns at once. */
  public void serve(Task task, StreamObserver<StageReply> observer) {
    ServerCallStreamObserver<StageReply> call = (ServerCallStreamObserver<StageReply>) observer;
    call.setOnCancelHandler(() -> LOG.debug("A caller went away"));
    Context context = Context.current();
    long bytes = CALL_BYTES + task.getSerializedSize();
    long together = queued.addAndGet(bytes);
    if (together > mostBytes && together > bytes) {
      refuse(call, bytes);
      return;
    }
    try {
      work.execute(
          context.wrap(
              () -> {
                queued.addAndGet(-bytes);
                Spans.in(
                    "sluice.v1.StageRunner/Run",
                    SpanKind.SERVER,
                    TraceParent.current(),
                    () -> {
                      run(task, call);
                      return null;
                    });
              }));
    } catch (RejectedExecutionException e) {
      refuse(call, bytes);
    }
  }

  private void refuse(ServerCallStreamObserver<?> call, long bytes) {
    queued.addAndGet(-bytes);
    Status status =
        stopping
            ? status(new StageStoppedException(StageStoppedException.Reason.SHUTDOWN))
            : Status.RESOURCE_EXHAUSTED.withDescription(
                "too many calls wait here already; ask again later");
    call.onError(status.asRuntimeException());
  }

  /** One thread more for each call that only waits. */
  private synchronized void changeWaiting(int by) {
    waiting += by;
    int threads = slots + Math.min(waiting, MOST_WAITING);
    // Neither may pass the other.
    work.setMaximumPoolSize(Math.max(threads, work.getCorePoolSize()));
    work.setCorePoolSize(threads);
    work.setMaximumPoolSize(threads);
  }

  private void run(Task task, ServerCallStreamObserver<StageReply> call) {
    try {
      StageResult made =
          LogFields.with(task.getHeader().getImageId(), () -> runtime.run(task, caller(call)));
      synchronized (call) {
        call.onNext(StageReply.newBuilder().setResult(made).build());
        call.onCompleted();
      }
    } catch (RuntimeException | Error e) {
      synchronized (call) {
        if (!call.isCancelled()) {
          call.onError(status(e).asRuntimeException());
        }
      }
    }
  }

  private StageRuntime.Caller caller(ServerCallStreamObserver<StageReply> call) {
    return new StageRuntime.Caller() {
      @Override
      public void progress(int step, int total) {
        StageProgress progress =
            StageProgress.newBuilder()
                .setStage(runtime.stage())
                .setStep(step)
                .setTotal(total)
                .build();
        synchronized (call) {
          if (!call.isCancelled()) {
            call.onNext(StageReply.newBuilder().setProgress(progress).build());
          }
        }
      }

      @Override
      public Runnable leaveSlot() {
        changeWaiting(1);
        return () -> changeWaiting(-1);
      }

      @Override
      public void preview(int step, byte[] png) {
        // A single stage's caller sees the picture itself soon enough.
      }

      @Override
      public void loading(StageLoading loading) {
        // A single stage's caller can ask the stage's health.
      }

      @Override
      public Optional<StageStoppedException.Reason> stopped() {
        if (call.isCancelled()) {
          return Optional.of(StageStoppedException.Reason.CANCELLED);
        }
        return stopping ? Optional.of(StageStoppedException.Reason.SHUTDOWN) : Optional.empty();
      }
    };
  }

  /** Takes no more calls, and ends those in work with {@code UNAVAILABLE} at their next step. */
  @Override
  public void close() {
    stopping = true;
    work.shutdown();
    try {
      work.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    work.shutdownNow();
  }

  private static Status status(Throwable e) {
    if (e instanceof InvalidTaskException invalid) {
      Status status =
          switch (invalid.code()) {
            case MODEL_NOT_FOUND -> Status.NOT_FOUND;
            case MODEL_UNUSABLE -> Status.FAILED_PRECONDITION;
            case MODEL_FAULT -> Status.INTERNAL;
            default -> Status.INVALID_ARGUMENT;
          };
      String where = invalid.field().isEmpty() ? "" : invalid.field() + ": ";
      return status.withDescription(where + invalid.getMessage());
    }
    if (e instanceof StageStoppedException stopped) {
      Status status =
          switch (stopped.reason()) {
            case CANCELLED -> Status.CANCELLED;
            case DEADLINE_EXCEEDED -> Status.DEADLINE_EXCEEDED;
            case SHUTDOWN -> Status.UNAVAILABLE;
          };
      return status.withDescription(stopped.getMessage());
    }
    if (e instanceof OutageException) {
      LOG.warn("A call met an outage: {}", e.getMessage());
      return Status.UNAVAILABLE.withDescription(
          "something that every stage needs is away; try again in a moment");
    }
    LOG.error("A call failed", e);
    return Status.INTERNAL.withDescription(Outbox.internalError().getMessage());
  }
}
