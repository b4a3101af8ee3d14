package dev.sluice.stage.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.StageRig;
import dev.sluice.stage.rig.Tasks;
import dev.sluice.stage.rig.TopicReader;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.StageContext;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two workers with other folders of models on one broker. */
@ExtendWith(KafkaForTests.class)
class PassingOnTest {

  private static final int MORE_THAN_DELIVERIES = 14;

  private final KafkaForTests.Address kafka;

  @TempDir private Path folder;

  PassingOnTest(KafkaForTests.Address kafka) {
    this.kafka = kafka;
  }

  private static StageResult lacks(Task task, StageContext context) {
    throw new InvalidTaskException(ErrorCode.MODEL_NOT_FOUND, "model", "there is no such model");
  }

  private static void hear(StageRig rig, String worker, ModelStatus.State state) {
    hear(rig, worker, "", state);
  }

  private static void hear(StageRig rig, String worker, String pool, ModelStatus.State state) {
    rig.workers()
        .take(
            worker,
            StageStatus.newBuilder()
                .setStage(Stage.UPSCALER)
                .setWorker(worker)
                .setPool(pool)
                .setValidFor(Durations.fromSeconds(60))
                .addModels(ModelStatus.newBuilder().setName("toy").setState(state))
                .build());
  }

  @Test
  void task_isDoneByTheWorkerThatHasItsModelHoweverOftenAnotherTakesIt() {
    try (StageRig rig = new StageRig(kafka, Stage.UPSCALER, folder)) {
      TopicReader results = rig.results();
      AtomicInteger taken = new AtomicInteger();
      hear(rig, "other", ModelStatus.State.ON_DEMAND);
      rig.work(
          1,
          rig.door(
              (task, context) ->
                  taken.incrementAndGet() < MORE_THAN_DELIVERIES
                      ? lacks(task, context)
                      : Tasks.upscale(task, context),
              "one"));
      Task task = Tasks.upscalerTask();

      rig.write(task);

      GenerationResult result = results.result(task.getHeader().getRequestId());
      assertThat(result.hasImage()).isTrue();
      assertThat(taken).hasValue(MORE_THAN_DELIVERIES);
      assertThat(rig.count("sluice.stage.dead.letters")).isZero();
    }
  }

  @Test
  void task_thatNoWorkerServesIsAnsweredAtOnce() {
    try (StageRig rig = new StageRig(kafka, Stage.UPSCALER, folder)) {
      TopicReader results = rig.results();
      // What a worker says of itself may be older than what it has just found.
      hear(rig, "one", ModelStatus.State.LOADED);
      hear(rig, "other", ModelStatus.State.LEFT_OUT);
      // One of another pool, which never sees this one's tasks.
      hear(rig, "elsewhere", "large", ModelStatus.State.LOADED);
      rig.work(1, rig.door(PassingOnTest::lacks, "one"));
      Task task = Tasks.upscalerTask();

      rig.write(task);

      GenerationResult result = results.result(task.getHeader().getRequestId());
      assertThat(result.getError().getCode()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
      assertThat(result.getError().getMessage()).isEqualTo("there is no such model");
    }
  }
}
