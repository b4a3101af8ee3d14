package dev.sluice.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.networks.tensor.HostTensor;
import dev.sluice.pipeline.embed.EmbeddingEngine;
import dev.sluice.pipeline.request.InputChecks;
import dev.sluice.serving.memory.PictureSize;
import dev.sluice.serving.stages.PriorStage;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageStoppedException;
import dev.sluice.stage.work.WorkerFullException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.tensorflow.exceptions.TFInvalidArgumentException;

/** What becomes of the errors of an engine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TaskRunTest {

  private final Engines<EmbeddingEngine> engines = StageTrial.engines();
  private final List<String> full = new ArrayList<>();

  @BeforeAll
  void open() {
    new PriorStage(engines).open();
    engines.onFull(full::add);
  }

  @AfterAll
  void close() {
    engines.close();
  }

  private StageResult run(TaskRun.Work<EmbeddingEngine> work) {
    return TaskRun.run(
        StageTrial.header(7), new StageTrial.Context(), engines, PictureSize.OWN, work);
  }

  @Test
  void run_ofWhatANetworkRefusesIsTheModelsFaultAndTellsNothingOfItsInside() {
    assertThatThrownBy(
            () ->
                run(
                    (engine, task) -> {
                      throw new TFInvalidArgumentException("indices[0] = 9 is not in [0, 4)");
                    }))
        .isInstanceOfSatisfying(
            InvalidTaskException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FAULT);
              assertThat(e).hasMessageContaining(StageTrial.MODEL);
              assertThat(e.getMessage()).doesNotContain("indices");
            });
  }

  @Test
  void run_ofWhatAnEngineChecksIsTheFaultOfTheInputThatItNames() {
    Map<String, HostTensor> inputs = Map.of("class_label", new HostTensor.Longs(new long[] {9}, 1));
    assertThatThrownBy(
            () ->
                run(
                    (engine, task) -> {
                      InputChecks.requireClass(inputs, 4);
                      return null;
                    }))
        .isInstanceOfSatisfying(
            InvalidTaskException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
              assertThat(e.field()).isEqualTo("inputs.class_label");
            });
  }

  @Test
  void run_outOfMemoryIsTheWorkersFaultWhichSaysSo() {
    full.clear();
    assertThatThrownBy(
            () ->
                run(
                    (engine, task) -> {
                      throw new OutOfMemoryError("no more");
                    }))
        .isInstanceOf(WorkerFullException.class);
    assertThat(full).containsExactly("a picture's work ran out of memory: no more");
  }

  @Test
  void run_thatIsInterruptedGoesOnElsewhere() {
    assertThatThrownBy(
            () ->
                run(
                    (engine, task) -> {
                      throw new InterruptedException();
                    }))
        .isInstanceOfSatisfying(
            StageStoppedException.class,
            e -> assertThat(e.reason()).isEqualTo(StageStoppedException.Reason.SHUTDOWN));
    assertThat(Thread.interrupted()).isTrue();
  }
}
