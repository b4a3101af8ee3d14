package dev.sluice.stage.work;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.ModelName;
import dev.sluice.contract.Stages;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ComponentLoading;
import dev.sluice.contract.v1.ModelWork;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageLoading;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.StageTiming;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.stage.trace.Spans;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What belongs to every task, whichever door it came through. */
public final class StageRuntime {

  private static final String DONE = "done";
  private static final String FAILED = "failed";
  private static final String INVALID = "invalid";

  private final Stage stage;
  private final StageWork work;
  private final Payloads payloads;
  private final CancelledWork cancelled;
  private final MeterRegistry metrics;
  private final Tags tags;
  private final AtomicInteger inFlight;
  private final WorkMeter meter = new WorkMeter();

  public StageRuntime(
      Stage stage,
      StageWork work,
      Payloads payloads,
      CancelledWork cancelled,
      MeterRegistry metrics) {
    this.stage = stage;
    this.work = work;
    this.payloads = payloads;
    this.cancelled = cancelled;
    this.metrics = metrics;
    this.tags = Tags.of("stage", Topics.name(stage));
    this.inFlight = metrics.gauge("sluice.stage.tasks.in.flight", tags, new AtomicInteger());
    // From the start, so that the first of a kind is a rise from nothing, which rates see.
    Stream.of(DONE, FAILED, INVALID).forEach(this::timer);
    Stream.of(StageStoppedException.Reason.values())
        .map(StageRuntime::outcome)
        .forEach(this::timer);
  }

  private Timer timer(String outcome) {
    return Timer.builder("sluice.stage.task")
        .description("Tasks of this stage and how long they took")
        .tags(tags)
        .tag("outcome", outcome)
        .register(metrics);
  }

  private static String outcome(StageStoppedException.Reason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  /** Who brought a task: hears how it goes, and may not want it any more. */
  public interface Caller {
    void progress(int step, int total);

    void preview(int step, byte[] png);

    void loading(StageLoading loading);

    /** As {@link StageContext#leaveSlot}. */
    Runnable leaveSlot();

    /** What an earlier attempt at the task had reached. */
    default Optional<byte[]> reached() {
      return Optional.empty();
    }

    /**
     * Keeps what this attempt has reached for another one, should there be one.
     *
     * @param last whether this attempt ends with it
     */
    default void keep(Supplier<byte[]> reached, boolean last) {}

    /** Why the task need not go on here; asked at every step. */
    Optional<StageStoppedException.Reason> stopped();
  }

  public Stage stage() {
    return stage;
  }

  public Payloads payloads() {
    return payloads;
  }

  public MeterRegistry metrics() {
    return metrics;
  }

  public Tags tags() {
    return tags;
  }

  /** What is in work here and what was done, by model. */
  public List<ModelWork> workDone() {
    return meter.work();
  }

  /**
   * Runs one task.
   *
   * @throws InvalidTaskException when the task can never succeed
   * @throws StageStoppedException when it is not wanted any more
   */
  public StageResult run(Task task, Caller caller) {
    TaskHeader header = task.getHeader();
    WorkMeter.Turn turn = meter.begin(ModelName.own(header.getModel()), task.getStep().getWork());
    TaskContext context = new TaskContext(header, caller, turn);
    long start = System.nanoTime();
    String outcome = FAILED;
    inFlight.incrementAndGet();
    Spans.note("sluice.image_id", header.getImageId());
    Spans.note("sluice.model", header.getModel());
    try {
      check(header);
      Routing.checkStep(stage, task.getStep());
      context.check();
      Task resolved =
          task.toBuilder().clearInputs().putAllInputs(payloads.fetch(task.getInputsMap())).build();
      StageResult result = work.run(resolved, context);
      if (result.hasImage() != Stages.makesImage(stage)) {
        throw new IllegalStateException(
            "the stage %s must give a picture if and only if the contract says that it makes one"
                .formatted(stage));
      }
      outcome = DONE;
      return withTiming(result, System.nanoTime() - start);
    } catch (InvalidTaskException e) {
      outcome = INVALID;
      throw e;
    } catch (StageStoppedException e) {
      outcome = outcome(e.reason());
      throw e;
    } catch (RuntimeException | Error e) {
      Spans.failed(e);
      throw e;
    } finally {
      inFlight.decrementAndGet();
      Spans.note("sluice.outcome", outcome);
      turn.end(outcome.equals(DONE) && !context.resumed);
      timer(outcome).record(Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static void check(TaskHeader header) {
    ImageId image =
        ImageId.of(header)
            .orElseThrow(
                () ->
                    InvalidTaskException.inField(
                        "header.work_id",
                        "a task needs the id of its work: 1 to 128 characters of A-Z a-z 0-9 ."
                            + " _ -"));
    if (!header.getImageId().equals(image.toString())) {
      throw InvalidTaskException.inField(
          "header.image_id", "the image_id must be work_id/image_index, here %s".formatted(image));
    }
    if (!Timestamps.isValid(header.getDeadline())) {
      throw InvalidTaskException.inField(
          "header.deadline", "the deadline is no time of the years 1 to 9999");
    }
  }

  private StageResult withTiming(StageResult result, long nanos) {
    StageTiming timing =
        StageTiming.newBuilder().setStage(stage).setDuration(Durations.fromNanos(nanos)).build();
    StageResult.Builder timed = result.toBuilder();
    timed.getHeaderBuilder().addTimings(timing);
    return timed.build();
  }

  /** What a stage may ask and tell while it works on a task. */
  private final class TaskContext implements StageContext {

    private final TaskHeader header;
    private final Caller caller;
    private final WorkMeter.Turn turn;
    private final Pace pace = new Pace();
    private Supplier<byte[]> resumable;
    private volatile boolean resumed;

    TaskContext(TaskHeader header, Caller caller, WorkMeter.Turn turn) {
      this.header = header;
      this.caller = caller;
      this.turn = turn;
    }

    @Override
    public void progress(int step, int total) {
      if (step == total || pace.allows()) {
        caller.progress(step, total);
      }
      if (step < total) {
        check();
        if (resumable != null) {
          caller.keep(resumable, false);
        }
      }
    }

    @Override
    public Optional<byte[]> reached() {
      Optional<byte[]> reached = caller.reached();
      resumed |= reached.isPresent();
      return reached;
    }

    @Override
    public void resumable(Supplier<byte[]> reached) {
      resumable = reached;
    }

    @Override
    public void preview(int step, byte[] png) {
      caller.preview(step, png);
    }

    @Override
    public void loading(ComponentLoading loading) {
      caller.loading(
          StageLoading.newBuilder()
              .setStage(stage)
              .setModel(header.getModel())
              .setLoading(loading)
              .build());
    }

    @Override
    public Runnable leaveSlot() {
      turn.waits();
      Runnable back = caller.leaveSlot();
      return () -> {
        back.run();
        turn.goesOn();
      };
    }

    @Override
    public void check() {
      Optional<StageStoppedException.Reason> reason = reasonToStop(header, caller);
      if (reason.isPresent()) {
        if (reason.get() == StageStoppedException.Reason.SHUTDOWN && resumable != null) {
          caller.keep(resumable, true);
        }
        throw new StageStoppedException(reason.get());
      }
    }
  }

  private Optional<StageStoppedException.Reason> reasonToStop(TaskHeader header, Caller caller) {
    if (cancelled.contains(header)) {
      return Optional.of(StageStoppedException.Reason.CANCELLED);
    }
    if (header.hasDeadline()
        && Timestamps.toMillis(header.getDeadline()) < System.currentTimeMillis()) {
      return Optional.of(StageStoppedException.Reason.DEADLINE_EXCEEDED);
    }
    return caller.stopped();
  }
}
