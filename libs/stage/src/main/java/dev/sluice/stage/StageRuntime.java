package dev.sluice.stage;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.StageTiming;
import dev.sluice.contract.v1.TaskHeader;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** What belongs to every task, whichever door it came through. */
public final class StageRuntime<T, R> {

  private final StageProtocol<T, R> protocol;
  private final Stage<T, R> stage;
  private final Payloads payloads;
  private final CancelledRequests cancelled;
  private final MeterRegistry metrics;
  private final AtomicInteger inFlight;

  public StageRuntime(
      StageProtocol<T, R> protocol,
      Stage<T, R> stage,
      Payloads payloads,
      CancelledRequests cancelled,
      MeterRegistry metrics) {
    this.protocol = protocol;
    this.stage = stage;
    this.payloads = payloads;
    this.cancelled = cancelled;
    this.metrics = metrics;
    this.inFlight = metrics.gauge("sluice.stage.tasks.in.flight", new AtomicInteger());
  }

  /** Receives what a running task tells. */
  public interface Listener {
    void progress(int step, int total);

    void preview(int step, byte[] png);
  }

  StageProtocol<T, R> protocol() {
    return protocol;
  }

  Payloads payloads() {
    return payloads;
  }

  /**
   * Runs one task.
   *
   * @param abandoned says whether the caller has gone away or the process is to end
   * @throws InvalidTaskException when the task can never succeed
   * @throws StageStoppedException when it is not wanted any more
   */
  public R run(T task, Listener listener, BooleanSupplier abandoned) {
    TaskHeader header = protocol.header().apply(task);
    StageContext context = context(header, listener, abandoned);
    long start = System.nanoTime();
    String outcome = "failed";
    inFlight.incrementAndGet();
    try {
      requireIds(header);
      context.check();
      T resolved = protocol.withInputs().apply(task, payloads.fetch(protocol.inputs().apply(task)));
      R result = stage.run(resolved, context);
      outcome = "done";
      return withTiming(result, System.nanoTime() - start);
    } catch (InvalidTaskException e) {
      outcome = "invalid";
      throw e;
    } catch (StageStoppedException e) {
      outcome = e.reason().name().toLowerCase(java.util.Locale.ROOT);
      throw e;
    } finally {
      inFlight.decrementAndGet();
      Timer.builder("sluice.stage.task")
          .description("Tasks of this stage and how long they took")
          .tag("stage", Topics.name(protocol.stage()))
          .tag("outcome", outcome)
          .register(metrics)
          .record(java.time.Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static void requireIds(TaskHeader header) {
    if (header.getRequestId().isEmpty() || header.getImageId().isEmpty()) {
      throw InvalidTaskException.inField(
          "header", "request_id and image_id must not be empty in a task");
    }
  }

  private R withTiming(R result, long nanos) {
    StageResult common = protocol.result().apply(result);
    Duration duration = Durations.fromNanos(nanos);
    StageTiming timing =
        StageTiming.newBuilder().setStage(protocol.stage()).setDuration(duration).build();
    TaskHeader header = common.getHeader().toBuilder().addTimings(timing).build();
    return protocol.withResult().apply(result, common.toBuilder().setHeader(header).build());
  }

  private StageContext context(TaskHeader header, Listener listener, BooleanSupplier abandoned) {
    return new StageContext() {
      @Override
      public void progress(int step, int total) {
        listener.progress(step, total);
      }

      @Override
      public void preview(int step, byte[] png) {
        listener.preview(step, png);
      }

      @Override
      public void check() {
        if (cancelled.contains(header.getRequestId())) {
          throw new StageStoppedException(StageStoppedException.Reason.CANCELLED);
        }
        if (header.hasDeadline()
            && Timestamps.toMillis(header.getDeadline()) < System.currentTimeMillis()) {
          throw new StageStoppedException(StageStoppedException.Reason.DEADLINE_EXCEEDED);
        }
        if (abandoned.getAsBoolean()) {
          throw new StageStoppedException(StageStoppedException.Reason.SHUTDOWN);
        }
      }
    };
  }
}
