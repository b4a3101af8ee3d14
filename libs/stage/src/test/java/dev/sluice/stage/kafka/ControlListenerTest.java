package dev.sluice.stage.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.rig.Endless;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.StageRig;
import dev.sluice.stage.rig.Tasks;
import dev.sluice.stage.rig.TopicReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(KafkaForTests.class)
class ControlListenerTest {

  private final KafkaForTests.Address kafka;
  private StageRig rig;

  ControlListenerTest(KafkaForTests.Address kafka) {
    this.kafka = kafka;
  }

  @BeforeEach
  void setUp(@TempDir Path blobs) {
    rig = new StageRig(kafka, Stage.DENOISER, blobs);
  }

  @AfterEach
  void tearDown() throws Exception {
    rig.close();
  }

  @Test
  void cancel_endsTasksInWorkAndTasksThatWait() throws Exception {
    TopicReader results = rig.results();
    TopicReader letters = rig.deadLetters();
    List<String> begun = new CopyOnWriteArrayList<>();
    Endless endless = new Endless();
    rig.listen();
    rig.work(
        (task, context) -> {
          begun.add(task.getHeader().getRequestId());
          return endless.run(task, context);
        });
    Task inWork = Tasks.denoiserTask("next");
    Task waiting = Tasks.denoiserTask("next");
    rig.write(inWork);
    endless.begun.await();
    rig.write(waiting);

    rig.write(Topics.CONTROL, null, new byte[] {(byte) 0xff, 1}, null);
    rig.write(Topics.CONTROL, null, null, null);
    rig.cancel(Tasks.cancelling(waiting.getHeader()));
    rig.cancel(Tasks.cancelling(inWork.getHeader()));

    assertCancelled(results, inWork);
    assertCancelled(results, waiting);
    assertThat(begun).containsExactly(inWork.getHeader().getRequestId());
    assertThat(letters.during(java.time.Duration.ofMillis(200))).isEmpty();
  }

  @Test
  void cancel_holdsForAProcessThatStartsAfterIt() {
    TopicReader results = rig.results();
    Task task = Tasks.denoiserTask("next");
    rig.cancel(Tasks.cancelling(task.getHeader()));
    rig.listen();
    rig.work(Endless::denoise);

    rig.write(task);

    assertCancelled(results, task);
  }

  private static void assertCancelled(TopicReader results, Task task) {
    GenerationError error = results.result(task.getHeader().getRequestId()).getError();
    assertThat(error.getCode()).isEqualTo(ErrorCode.CANCELLED);
    assertThat(error.getMessage()).isEqualTo("the request was cancelled");
  }
}
