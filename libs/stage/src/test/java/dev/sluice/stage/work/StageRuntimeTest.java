package dev.sluice.stage.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageLoading;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.StageTiming;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.blob.FolderBlobStore;
import dev.sluice.stage.rig.StageRig;
import dev.sluice.stage.rig.Tasks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageRuntimeTest {

  private final CancelledWork cancelled = new CancelledWork();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final List<Integer> stepsBegun = new ArrayList<>();

  @TempDir private Path blobs;

  @Test
  void run_stopsAtTheFirstProgressAfterACancellation() {
    Task task = Tasks.upscalerTask();

    assertStops(
        task,
        step -> {
          if (step == 2) {
            cancelled.add(Tasks.cancelling(task.getHeader()));
          }
        },
        StageStoppedException.Reason.CANCELLED);

    assertThat(stepsBegun).containsExactly(1, 2);
    assertThat(outcomes("cancelled")).isEqualTo(1);
  }

  @Test
  void run_stopsAtTheFirstProgressAfterTheDeadline() {
    Task.Builder task = Tasks.upscalerTask().toBuilder();
    task.getHeaderBuilder()
        .setDeadline(
            Timestamps.add(
                Timestamps.fromMillis(System.currentTimeMillis()), Durations.fromMillis(500)));

    assertStops(task.build(), this::sleepOnce, StageStoppedException.Reason.DEADLINE_EXCEEDED);

    assertThat(stepsBegun).containsExactly(1);
    assertThat(outcomes("deadline_exceeded")).isEqualTo(1);
  }

  private void sleepOnce(int step) {
    try {
      Thread.sleep(600);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void run_doesNotBeginWhatIsCancelledAlready() {
    Task task = Tasks.upscalerTask();
    cancelled.add(Tasks.cancelling(task.getHeader()));

    assertStops(task, step -> {}, StageStoppedException.Reason.CANCELLED);

    assertThat(stepsBegun).isEmpty();
  }

  @Test
  void run_finishesWhatIsStoppedInItsLastStep() {
    Task task = Tasks.upscalerTask();

    run(
        task,
        step -> {
          if (step == 3) {
            cancelled.add(Tasks.cancelling(task.getHeader()));
          }
        });

    assertThat(outcomes("done")).isEqualTo(1);
  }

  @Test
  void run_addsItsTimingToThoseOfTheStagesBefore() {
    Task.Builder task = Tasks.upscalerTask().toBuilder();
    StageTiming before =
        StageTiming.newBuilder()
            .setStage(Stage.DENOISER)
            .setDuration(Durations.fromSeconds(3))
            .build();
    task.getHeaderBuilder().addTimings(before);

    List<StageTiming> timings = run(task.build(), this::sleepOnce).getHeader().getTimingsList();

    assertThat(timings).hasSize(2).first().isEqualTo(before);
    assertThat(timings.get(1).getStage()).isEqualTo(Stage.UPSCALER);
    assertThat(Durations.toMillis(timings.get(1).getDuration())).isBetween(1800L, 60_000L);
  }

  @Test
  void run_showsTheTasksInWork() {
    run(Tasks.upscalerTask(), step -> assertThat(tasksInFlight()).isEqualTo(1));

    assertThat(tasksInFlight()).isZero();
  }

  @Test
  void run_countsFaults() {
    StageRuntime runtime =
        runtime(
            (task, context) -> {
              throw new IllegalStateException("a fault");
            });

    assertThatThrownBy(() -> runtime.run(Tasks.upscalerTask(), caller(step -> {})))
        .hasMessage("a fault");
    assertThat(outcomes("failed")).isEqualTo(1);
    assertThat(tasksInFlight()).isZero();
  }

  @Test
  void run_tellsAFewOfAThousandStepsAndTheLast() {
    List<Integer> told = new ArrayList<>();
    long start = System.nanoTime();

    runtime(
            (task, context) -> {
              for (int step = 1; step <= 1000; step++) {
                context.progress(step, 1000);
              }
              return Tasks.upscale(task, context);
            })
        .run(Tasks.upscalerTask(), caller(told::add));

    long seconds = 1 + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    assertThat(told).startsWith(1, 2, 3).contains(1000).hasSizeLessThan((int) (8 + 5 * seconds));
  }

  private void assertStops(Task task, IntConsumer inStep, StageStoppedException.Reason reason) {
    assertThatThrownBy(() -> run(task, inStep))
        .isInstanceOfSatisfying(
            StageStoppedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  /** Three steps, each of which tells its progress when it is done. */
  private StageResult run(Task task, IntConsumer inStep) {
    return runtime(
            (given, context) -> {
              for (int step = 1; step <= 3; step++) {
                stepsBegun.add(step);
                inStep.accept(step);
                context.progress(step, 3);
              }
              return Tasks.upscale(given, context);
            })
        .run(task, caller(step -> {}));
  }

  private StageRuntime runtime(StageWork stage) {
    return new StageRuntime(
        Stage.UPSCALER,
        stage,
        new Payloads(new FolderBlobStore(blobs), StageRig.INLINE_LIMIT),
        cancelled,
        metrics);
  }

  private static StageRuntime.Caller caller(IntConsumer progress) {
    return new StageRuntime.Caller() {
      @Override
      public void progress(int step, int total) {
        progress.accept(step);
      }

      @Override
      public void loading(StageLoading loading) {
        throw new AssertionError("nothing is loaded here");
      }

      @Override
      public Runnable leaveSlot() {
        throw new AssertionError("nothing is waited for here");
      }

      @Override
      public void preview(int step, byte[] png) {
        // Not looked at here.
      }

      @Override
      public Optional<StageStoppedException.Reason> stopped() {
        return Optional.empty();
      }
    };
  }

  private double tasksInFlight() {
    return metrics.get("sluice.stage.tasks.in.flight").tag("stage", "upscaler").gauge().value();
  }

  private long outcomes(String outcome) {
    return metrics
        .get("sluice.stage.task")
        .tag("stage", "upscaler")
        .tag("outcome", outcome)
        .timer()
        .count();
  }
}
