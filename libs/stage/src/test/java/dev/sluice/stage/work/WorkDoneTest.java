package dev.sluice.stage.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.v1.ModelWork;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageLoading;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.blob.FolderBlobStore;
import dev.sluice.stage.rig.StageRig;
import dev.sluice.stage.rig.Tasks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a runtime tells of the work of its tasks. */
class WorkDoneTest {

  private static final double WORK = 100;

  @TempDir private Path blobs;
  private StageRuntime runtime;
  private StageWork current;

  /** A caller of whose task another worker has reached something, or none has. */
  private record Caller(Optional<byte[]> reached, AtomicInteger returns)
      implements StageRuntime.Caller {

    @Override
    public void progress(int step, int total) {
      // Not looked at here.
    }

    @Override
    public void preview(int step, byte[] png) {
      // Not looked at here.
    }

    @Override
    public void loading(StageLoading loading) {
      // Not looked at here.
    }

    @Override
    public Runnable leaveSlot() {
      return returns::incrementAndGet;
    }

    @Override
    public Optional<StageStoppedException.Reason> stopped() {
      return Optional.empty();
    }
  }

  private StageResult run(StageWork work, Optional<byte[]> reached, AtomicInteger returns) {
    if (runtime == null) {
      runtime =
          new StageRuntime(
              Stage.UPSCALER,
              (task, context) -> current.run(task, context),
              new Payloads(new FolderBlobStore(blobs), StageRig.INLINE_LIMIT),
              new CancelledWork(),
              new SimpleMeterRegistry());
    }
    current = work;
    Task.Builder task = Tasks.upscalerTask().toBuilder();
    task.getStepBuilder().setWork(WORK);
    return runtime.run(task.build(), new Caller(reached, returns));
  }

  private ModelWork told() {
    assertThat(runtime.workDone()).hasSize(1);
    return runtime.workDone().get(0);
  }

  @Test
  void work_isInWorkAndThenDone() {
    run(
        (task, context) -> {
          assertThat(told().getTasksInWork()).isEqualTo(1);
          assertThat(told().getWorkInWork()).isEqualTo(WORK);
          return Tasks.upscale(task, context);
        },
        Optional.empty(),
        new AtomicInteger());

    assertThat(told().getModel()).isEqualTo("toy");
    assertThat(told().getTasksInWork()).isZero();
    assertThat(told().getWorkDone()).isEqualTo(WORK);
    assertThat(told().getSeconds()).isPositive();
  }

  @Test
  void work_thatWasBegunElsewhereOrFailedIsNotMeasured() {
    run(
        (task, context) -> {
          assertThat(context.reached()).isPresent();
          return Tasks.upscale(task, context);
        },
        Optional.of(new byte[] {1}),
        new AtomicInteger());
    assertThatThrownBy(
            () ->
                run(
                    (task, context) -> {
                      throw new IllegalStateException("a fault");
                    },
                    Optional.empty(),
                    new AtomicInteger()))
        .hasMessage("a fault");

    assertThat(told()).isEqualTo(ModelWork.newBuilder().setModel("toy").build());
  }

  @Test
  void whoWaitedGoesOnInHisSlot() {
    AtomicInteger returns = new AtomicInteger();

    run(
        (task, context) -> {
          Runnable back = context.leaveSlot();
          assertThat(returns).hasValue(0);
          back.run();
          return Tasks.upscale(task, context);
        },
        Optional.empty(),
        returns);

    assertThat(returns).hasValue(1);
    assertThat(told().getWorkDone()).isEqualTo(WORK);
  }
}
