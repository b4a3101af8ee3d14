package dev.sluice.stage;

import dev.sluice.contract.v1.StageLoading;
import dev.sluice.contract.v1.StageProgress;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage's door to gRPC: the call's message is the task, the stream tells progress and ends with
 * the result. The same task gives the same result message as through Kafka.
 */
public final class GrpcDoor<T, R> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GrpcDoor.class);
  private static final long CLOSE_SECONDS = 20;

  private final StageRuntime<T, R> runtime;
  private final ExecutorService work;
  private volatile boolean stopping;

  /**
   * @param slots how many calls to work on at once; further ones wait
   */
  public GrpcDoor(StageRuntime<T, R> runtime, int slots) {
    this.runtime = runtime;
    this.work =
        Executors.newFixedThreadPool(
            slots,
            task -> {
              Thread thread = new Thread(task, "grpc-work");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Serves one call and returns at once.
   *
   * @param progress makes the reply that tells progress
   * @param result makes the reply that carries the result
   */
  public <A> void serve(
      T task,
      StreamObserver<A> observer,
      Function<StageProgress, A> progress,
      Function<R, A> result) {
    ServerCallStreamObserver<A> call = (ServerCallStreamObserver<A>) observer;
    call.setOnCancelHandler(() -> LOG.debug("A caller went away"));
    Context context = Context.current();
    try {
      work.execute(
          context.wrap(
              () ->
                  TraceParent.with(
                      TraceParent.current(), () -> run(task, call, progress, result))));
    } catch (RejectedExecutionException e) {
      call.onError(
          status(new StageStoppedException(StageStoppedException.Reason.SHUTDOWN))
              .asRuntimeException());
    }
  }

  private <A> void run(
      T task,
      ServerCallStreamObserver<A> call,
      Function<StageProgress, A> progress,
      Function<R, A> result) {
    try {
      R made = runtime.run(task, caller(call, progress));
      synchronized (call) {
        call.onNext(result.apply(made));
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

  private <A> StageRuntime.Caller caller(
      ServerCallStreamObserver<A> call, Function<StageProgress, A> reply) {
    return new StageRuntime.Caller() {
      @Override
      public void progress(int step, int total) {
        StageProgress progress =
            StageProgress.newBuilder()
                .setStage(runtime.protocol().stage())
                .setStep(step)
                .setTotal(total)
                .build();
        synchronized (call) {
          if (!call.isCancelled()) {
            call.onNext(reply.apply(progress));
          }
        }
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
    LOG.error("A call failed", e);
    return Status.INTERNAL.withDescription(Outbox.internalError().getMessage());
  }
}
