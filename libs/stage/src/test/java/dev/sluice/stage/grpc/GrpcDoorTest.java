package dev.sluice.stage.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.contract.TensorMessages;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.StageReply;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.stage.rig.Endless;
import dev.sluice.stage.rig.GrpcRig;
import dev.sluice.stage.rig.Tasks;
import dev.sluice.stage.trace.LogFields;
import dev.sluice.stage.trace.TraceClientInterceptor;
import dev.sluice.stage.trace.TraceParent;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageStoppedException;
import dev.sluice.stage.work.StageWork;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

class GrpcDoorTest {

  @TempDir private Path blobs;

  @Test
  void serve_tellsProgressAndThenTheResult() throws Exception {
    try (GrpcRig rig = new GrpcRig(Tasks::denoise, blobs)) {
      Task task = Tasks.denoiserTask("next");

      List<StageReply> replies = new ArrayList<>();
      rig.client().run(task).forEachRemaining(replies::add);

      assertThat(replies).hasSize(4);
      for (int step = 1; step <= 3; step++) {
        assertThat(replies.get(step - 1).getProgress().getStep()).isEqualTo(step);
        assertThat(replies.get(step - 1).getProgress().getTotal()).isEqualTo(3);
      }
      StageResult result = replies.get(3).getResult();
      assertThat(result.getOutputsOrThrow("sample"))
          .isEqualTo(TensorMessages.of(new float[] {2, 4, 6}, 1, 3));
      assertThat(rig.metrics.get("sluice.stage.task").tag("outcome", "done").timer().count())
          .isEqualTo(1);
    }
  }

  @Test
  void serve_refusesATensorThatContradictsItself() throws Exception {
    try (GrpcRig rig = new GrpcRig(Tasks::denoise, blobs)) {
      Tensor wrong = TensorMessages.of(new float[3], 3).toBuilder().setShape(0, 4).build();
      Task task = Tasks.denoiserTask("next").toBuilder().putInputs("image_embeds", wrong).build();

      Status status = statusOf(rig, task);

      assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(status.getDescription())
          .startsWith("inputs.image_embeds: ")
          .contains("needs 16 bytes, the message holds 12");
    }
  }

  @Test
  void serve_tellsAnUnknownModelFromABadTask() throws Exception {
    StageWork noModels =
        (task, context) -> {
          throw new InvalidTaskException(ErrorCode.MODEL_NOT_FOUND, "model", "no such model");
        };
    try (GrpcRig rig = new GrpcRig(noModels, blobs)) {
      assertThat(statusOf(rig, Tasks.denoiserTask("next")).getCode())
          .isEqualTo(Status.Code.NOT_FOUND);
    }
  }

  @Test
  void serve_endsTheCallOfATaskThatFailsHoweverItFails() throws Exception {
    StageWork broken =
        (task, context) -> {
          throw new NoClassDefFoundError("a native library");
        };
    try (GrpcRig rig = new GrpcRig(broken, blobs)) {
      Status status = statusOf(rig, Tasks.denoiserTask("next"));

      assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
      assertThat(status.getDescription()).doesNotContain("native library");
    }
  }

  @Test
  void serve_stopsWhenTheCallerGoesAway() throws Exception {
    Endless endless = new Endless();
    CompletableFuture<StageStoppedException.Reason> stopped = new CompletableFuture<>();
    try (GrpcRig rig = new GrpcRig(telling(endless, stopped), blobs)) {
      Context.CancellableContext call = Context.current().withCancellation();
      call.run(() -> rig.client().run(Tasks.denoiserTask("next")).next());

      call.cancel(null);

      assertThat(stopped.get(10, TimeUnit.SECONDS))
          .isEqualTo(StageStoppedException.Reason.CANCELLED);
    }
  }

  @Test
  void serve_stopsWhenTheRequestIsCancelled() throws Exception {
    try (GrpcRig rig = new GrpcRig(new Endless(), blobs)) {
      Task task = Tasks.denoiserTask("next");
      Iterator<StageReply> replies = rig.client().run(task);
      replies.next();

      rig.cancelled.add(Tasks.cancelling(task.getHeader()));

      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(() -> replies.forEachRemaining(reply -> {}))
          .satisfies(e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.CANCELLED));
    }
  }

  @Test
  void serve_stopsAtTheCallsDeadline() throws Exception {
    Endless endless = new Endless();
    CompletableFuture<StageStoppedException.Reason> stopped = new CompletableFuture<>();
    try (GrpcRig rig = new GrpcRig(telling(endless, stopped), blobs)) {
      Iterator<StageReply> replies =
          rig.client().withDeadlineAfter(Duration.ofSeconds(1)).run(Tasks.denoiserTask("x"));

      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(() -> replies.forEachRemaining(reply -> {}))
          .satisfies(
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
      stopped.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void close_endsCallsInWorkAndRefusesNewOnes() throws Exception {
    Endless endless = new Endless();
    try (GrpcRig rig = new GrpcRig(endless, blobs)) {
      Iterator<StageReply> replies = rig.client().run(Tasks.denoiserTask("next"));
      endless.begun.await();

      rig.door.close();

      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(() -> replies.forEachRemaining(reply -> {}))
          .satisfies(e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
      assertThat(statusOf(rig, Tasks.denoiserTask("next")).getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void serve_refusesWhatWouldWaitInTooMuchMemory() throws Exception {
    Endless endless = new Endless();
    try (GrpcRig rig = new GrpcRig(endless, blobs, 100_000)) {
      Iterator<StageReply> first = rig.client().run(Tasks.denoiserTask("next"));
      endless.begun.await();

      Object refused =
          CompletableFuture.anyOf(
                  CompletableFuture.supplyAsync(() -> statusOf(rig, Tasks.denoiserTask("next"))),
                  CompletableFuture.supplyAsync(() -> statusOf(rig, Tasks.denoiserTask("next"))))
              .get(10, TimeUnit.SECONDS);

      assertThat(((Status) refused).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(first.hasNext()).isTrue();
    }
  }

  @Test
  void serve_ofACallThatOnlyWaitsLetsAnotherGoOn() throws Exception {
    CountDownLatch another = new CountDownLatch(1);
    Task waits = Tasks.denoiserTask("next");
    StageWork stage =
        (task, context) -> {
          if (task.equals(waits)) {
            Runnable resume = context.leaveSlot();
            context.progress(0, 2);
            awaitFor10Seconds(another);
            resume.run();
          }
          return Tasks.denoise(task, context);
        };
    try (GrpcRig rig = new GrpcRig(stage, blobs)) {
      Iterator<StageReply> waiting = rig.client().run(waits);
      waiting.next();

      rig.client()
          .withDeadlineAfter(Duration.ofSeconds(8))
          .run(Tasks.denoiserTask("next"))
          .forEachRemaining(reply -> {});
      another.countDown();

      waiting.forEachRemaining(reply -> {});
    }
  }

  private static void awaitFor10Seconds(CountDownLatch latch) {
    try {
      latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void serve_worksInTheTraceOfItsCaller() throws Exception {
    List<String> seen = new ArrayList<>();
    try (GrpcRig last = new GrpcRig(remembering(seen), blobs);
        GrpcRig first = new GrpcRig(callingOn(last), blobs)) {

      TraceParent.with(
          Tasks.TRACE,
          () ->
              first
                  .client()
                  .withInterceptors(new TraceClientInterceptor())
                  .run(Tasks.denoiserTask("next"))
                  .forEachRemaining(reply -> {}));

      assertThat(seen).containsExactly(Tasks.TRACE, "0af7651916cd43dd8448eb211c80319c");
    }
  }

  @Test
  void serve_beginsATraceForACallerWithoutOne() throws Exception {
    List<String> seen = new ArrayList<>();
    try (GrpcRig rig = new GrpcRig(remembering(seen), blobs)) {
      rig.client().run(Tasks.denoiserTask("next")).forEachRemaining(reply -> {});

      assertThat(TraceParent.isValid(seen.get(0))).isTrue();
      assertThat(seen.get(0)).contains(seen.get(1));
    }
  }

  private static StageWork remembering(List<String> seen) {
    return (task, context) -> {
      seen.add(TraceParent.current());
      seen.add(MDC.get(TraceParent.LOG_KEY));
      assertThat(MDC.get(LogFields.IMAGE)).isEqualTo(task.getHeader().getImageId());
      return Tasks.denoise(task, context);
    };
  }

  private static StageWork callingOn(GrpcRig other) {
    return (task, context) -> {
      StageReply last = null;
      Iterator<StageReply> replies =
          other.client().withInterceptors(new TraceClientInterceptor()).run(task);
      while (replies.hasNext()) {
        last = replies.next();
      }
      return last.getResult();
    };
  }

  private static StageWork telling(
      Endless endless, CompletableFuture<StageStoppedException.Reason> stopped) {
    return (task, context) -> {
      try {
        return endless.run(task, context);
      } catch (StageStoppedException e) {
        stopped.complete(e.reason());
        throw e;
      }
    };
  }

  private static Status statusOf(GrpcRig rig, Task task) {
    return catchThrowableOfType(
            StatusRuntimeException.class,
            () -> rig.client().run(task).forEachRemaining(reply -> {}))
        .getStatus();
  }
}
