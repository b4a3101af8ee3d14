package dev.sluice.stage.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.v1.Stage;
import dev.sluice.stage.rig.Deliveries;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.StageRig;
import dev.sluice.stage.rig.WorkerProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has a record, when workers are slow, silent, suspended or dead. */
@ExtendWith(KafkaForTests.class)
@Execution(ExecutionMode.CONCURRENT)
class RecordLockTest {

  private static final Duration LOCK = StageRig.SHORT_LOCK;
  private static final Duration LONGER_THAN_THE_LOCK = LOCK.multipliedBy(3).dividedBy(2);

  private final KafkaForTests.Address kafka;
  private final Deliveries deliveries = new Deliveries();
  private StageRig rig;

  RecordLockTest(KafkaForTests.Address kafka) {
    this.kafka = kafka;
  }

  @BeforeEach
  void setUp(@TempDir Path blobs) {
    rig = new StageRig(kafka, Stage.UPSCALER, blobs, LOCK);
  }

  @AfterEach
  void tearDown() throws Exception {
    rig.close();
  }

  @Test
  void work_longerThanTheLockIsDeliveredOnce() throws Exception {
    ShareGroupWorker.RecordHandler slow =
        (record, stopping) -> {
          Deliveries.sleep(LOCK.multipliedBy(2));
          return deliveries.note(record);
        };
    rig.work(1, slow);
    rig.work(1, slow);
    rig.write("long");

    assertThat(deliveries.next()).isEqualTo("long 1");
    assertThat(deliveries.next(LONGER_THAN_THE_LOCK)).isNull();
  }

  @Test
  void record_ofAKilledProcessGoesToAnotherWorker() throws Exception {
    rig.write(WorkerProcess.ENDLESS);
    try (WorkerProcess process = new WorkerProcess(kafka, rig, 1)) {
      assertThat(process.tells()).isEqualTo("takes endless 1");
      rig.work(1, deliveries);
      assertThat(deliveries.next(LONGER_THAN_THE_LOCK))
          .as("a living worker keeps its record")
          .isNull();
    }

    assertThat(deliveries.next()).matches("endless [2-9]");
  }

  @Test
  void work_isGivenUpWhenItsLockIsLost() throws Exception {
    rig.write(WorkerProcess.ENDLESS);
    try (WorkerProcess process = new WorkerProcess(kafka, rig, 1)) {
      assertThat(process.tells()).isEqualTo("takes endless 1");
      suspendUntilAnotherHasDone(process, "endless");

      assertThat(process.tells()).isEqualTo("stops endless");
      rig.write("next");
      assertThat(process.tells()).startsWith("takes next");
    }
  }

  @Test
  void work_thatGoesOnAfterItsLockIsLostDoesNoHarm() throws Exception {
    rig.write(WorkerProcess.DEAF);
    try (WorkerProcess process = new WorkerProcess(kafka, rig, 1)) {
      assertThat(process.tells()).isEqualTo("takes deaf 1");
      suspendUntilAnotherHasDone(process, "deaf");

      assertThat(process.tells()).isEqualTo("done deaf");
      rig.write("next");
      assertThat(process.tells()).startsWith("takes next");
    }
  }

  /** It comes while the work goes on where another slot asks for it, and else after its end. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void work_whoseRecordComesAgainToItsOwnProcessIsDoneOnce(int slots) throws Exception {
    rig.write(WorkerProcess.DEAF);
    try (WorkerProcess process = new WorkerProcess(kafka, rig, slots)) {
      assertThat(process.tells()).isEqualTo("takes deaf 1");
      process.suspend();
      Deliveries.sleep(LONGER_THAN_THE_LOCK);
      process.resume();

      assertThat(process.tells()).isEqualTo("done deaf");
      rig.write("next");
      assertThat(process.tells()).isEqualTo("takes next 1");
    }
  }

  @Test
  void work_whoseRecordComesAgainToItsOwnProcessIsBegunAnewOnlyWhenItEndsInVain() throws Exception {
    rig.write(WorkerProcess.IN_VAIN);
    try (WorkerProcess process = new WorkerProcess(kafka, rig, 2)) {
      assertThat(process.tells()).isEqualTo("takes in vain 1");
      process.suspend();
      Deliveries.sleep(LONGER_THAN_THE_LOCK);
      process.resume();

      assertThat(process.tells()).isEqualTo("stops in vain");
      assertThat(process.tells()).matches("takes in vain [2-9]");
      assertThat(process.tells()).isEqualTo("done in vain");
    }
  }

  private void suspendUntilAnotherHasDone(WorkerProcess process, String value) throws Exception {
    process.suspend();
    ShareGroupWorker other = rig.work(1, deliveries);
    assertThat(deliveries.next()).matches(value + " [2-9]");
    other.close();
    Deliveries.sleep(LOCK);
    process.resume();
  }

  @Test
  void record_thatIsNeverAcknowledgedGoesToAnotherWorker() throws Exception {
    rig.write("forgotten");
    try (KafkaShareConsumer<byte[], byte[]> silent = rig.consumer()) {
      StageRig.take(silent);
      rig.work(1, deliveries);

      assertThat(deliveries.next()).matches("forgotten [2-9]");
    }
  }
}
