package dev.sluice.stage;

import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.StageProgress;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage's door to gRPC: the call's message is the task, the stream tells progress and ends with
 * the result. The same task gives the same result message as through Kafka.
 */
public final class GrpcDoor<T, R> {

  private static final Logger LOG = LoggerFactory.getLogger(GrpcDoor.class);

  private final StageRuntime<T, R> runtime;
  private final ExecutorService work;

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
    work.execute(() -> run(task, call, progress, result));
  }

  private <A> void run(
      T task,
      ServerCallStreamObserver<A> call,
      Function<StageProgress, A> progress,
      Function<R, A> result) {
    try {
      R made = runtime.run(task, listener(call, progress), call::isCancelled);
      call.onNext(result.apply(made));
      call.onCompleted();
    } catch (RuntimeException e) {
      if (!call.isCancelled()) {
        call.onError(status(e).asRuntimeException());
      }
    }
  }

  private <A> StageRuntime.Listener listener(
      ServerCallStreamObserver<A> call, Function<StageProgress, A> reply) {
    return new StageRuntime.Listener() {
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
    };
  }

  private static Status status(RuntimeException e) {
    if (e instanceof InvalidTaskException invalid) {
      Status status =
          invalid.code() == ErrorCode.MODEL_NOT_FOUND ? Status.NOT_FOUND : Status.INVALID_ARGUMENT;
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
