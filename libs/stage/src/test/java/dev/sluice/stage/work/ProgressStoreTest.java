package dev.sluice.stage.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.ImageId;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.stage.blob.FolderBlobStore;
import dev.sluice.stage.kafka.ShareGroupWorker;
import dev.sluice.stage.rig.Deliveries;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.StageRig;
import dev.sluice.stage.rig.Tasks;
import dev.sluice.stage.rig.TopicReader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(KafkaForTests.class)
class ProgressStoreTest {

  private static final int STEPS = 200;

  private final KafkaForTests.Address kafka;
  private final List<Integer> made = Collections.synchronizedList(new ArrayList<>());
  private StageRig rig;

  @TempDir private Path blobs;

  ProgressStoreTest(KafkaForTests.Address kafka) {
    this.kafka = kafka;
  }

  @BeforeEach
  void setUp() {
    rig = new StageRig(kafka, Stage.UPSCALER, blobs);
  }

  @AfterEach
  void tearDown() {
    rig.close();
  }

  /** Counts to {@link #STEPS}; the count is all that there is to go on with. */
  private StageResult count(Task task, StageContext context) {
    int[] count = {context.reached().map(bytes -> ByteBuffer.wrap(bytes).getInt()).orElse(0)};
    context.resumable(() -> ByteBuffer.allocate(4).putInt(count[0]).array());
    while (count[0] < STEPS) {
      count[0]++;
      made.add(count[0]);
      Deliveries.sleep(Duration.ofMillis(10));
      context.progress(count[0], STEPS);
    }
    return Tasks.upscale(task, context);
  }

  /** All but what became of pictures, which is kept for those who ask again. */
  private List<Path> files() throws Exception {
    try (Stream<Path> files = Files.walk(blobs)) {
      return files.filter(Files::isRegularFile).filter(file -> !file.endsWith("outcome")).toList();
    }
  }

  private void awaitNoFiles() throws Exception {
    for (int i = 0; i < 100 && !files().isEmpty(); i++) {
      Deliveries.sleep(Duration.ofMillis(50));
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void worker_thatIsClosedLeavesItsWorkWhereTheNextGoesOn() throws Exception {
    TopicReader results = rig.results();
    Task task = Tasks.upscalerTask();
    CountDownLatch underWay = new CountDownLatch(1);
    ShareGroupWorker leaving =
        rig.work(
            (given, context) -> {
              underWay.countDown();
              return count(given, context);
            });
    rig.write(task);
    assertThat(underWay.await(20, TimeUnit.SECONDS)).isTrue();
    Deliveries.sleep(Duration.ofMillis(150));

    leaving.close();
    int before = made.size();
    assertThat(before).isLessThan(STEPS);
    rig.work(this::count);

    assertThat(results.result(task.getHeader().getRequestId()).hasImage()).isTrue();
    assertThat(made).as("no step is made twice").doesNotHaveDuplicates().hasSize(STEPS);
    awaitNoFiles();
  }

  @Test
  void worker_thatDiesIsFollowedFromItsLastCheckpoint() throws Exception {
    TopicReader results = rig.results();
    Task task = Tasks.upscalerTask();
    rig.write(task);
    try (KafkaShareConsumer<byte[], byte[]> dying = rig.consumer()) {
      ConsumerRecord<byte[], byte[]> record = StageRig.take(dying);
      try (ProgressStore died = new ProgressStore(new FolderBlobStore(blobs), 5)) {
        ProgressStore.Checkpoint checkpoint = checkpoint(died, task, record.value());
        for (int step = 1; step <= 13; step++) {
          int reached = step;
          checkpoint.keep(() -> ByteBuffer.allocate(4).putInt(reached).array(), false);
        }
        checkpoint.settle();
      }
      dying.acknowledge(record, AcknowledgeType.RELEASE);
      dying.commitSync();
    }

    rig.work(this::count);

    assertThat(results.result(task.getHeader().getRequestId()).hasImage()).isTrue();
    assertThat(made).startsWith(11).endsWith(STEPS).hasSize(STEPS - 10);
    awaitNoFiles();
  }

  @Test
  void task_thatFailsBeginsAnew() throws Exception {
    TopicReader results = rig.results();
    Task task = Tasks.upscalerTask();
    List<Integer> firsts = Collections.synchronizedList(new ArrayList<>());
    rig.work(
        (given, context) -> {
          firsts.add(context.reached().map(bytes -> ByteBuffer.wrap(bytes).getInt()).orElse(0));
          context.resumable(() -> ByteBuffer.allocate(4).putInt(9).array());
          for (int step = 1; step < 10; step++) {
            context.progress(step, 10);
          }
          if (firsts.size() == 1) {
            throw new IllegalStateException("what was reached is broken");
          }
          return Tasks.upscale(given, context);
        });

    rig.write(task);

    assertThat(results.result(task.getHeader().getRequestId()).hasImage()).isTrue();
    assertThat(firsts).containsExactly(0, 0);
    awaitNoFiles();
  }

  @Test
  void checkpoint_ofAnotherTaskWithTheSameIdIsNotGoneOnFrom() {
    Task task = Tasks.upscalerTask();
    try (ProgressStore checkpoints = new ProgressStore(new FolderBlobStore(blobs), 1)) {
      ProgressStore.Checkpoint one = checkpoint(checkpoints, task, new byte[] {1});
      one.keep(() -> new byte[] {9}, false);
      one.settle();

      assertThat(checkpoint(checkpoints, task, new byte[] {1}).read()).contains(new byte[] {9});
      assertThat(checkpoint(checkpoints, task, new byte[] {2}).read()).isEmpty();
    }
  }

  @Test
  void checkpoint_isWrittenAsOftenAsItShallBeAndAtTheEnd() {
    Task task = Tasks.upscalerTask();
    try (ProgressStore never = new ProgressStore(new FolderBlobStore(blobs), 0)) {
      ProgressStore.Checkpoint checkpoint = checkpoint(never, task, new byte[1]);
      for (int step = 1; step <= 20; step++) {
        int now = step;
        checkpoint.keep(() -> new byte[] {(byte) now}, false);
      }
      checkpoint.settle();
      assertThat(checkpoint.read()).isEmpty();

      checkpoint.keep(() -> new byte[] {20}, true);
      checkpoint.settle();
      assertThat(checkpoint.read()).contains(new byte[] {20});
    }
  }

  private static ProgressStore.Checkpoint checkpoint(
      ProgressStore checkpoints, Task task, byte[] record) {
    return checkpoints.of(ImageId.of(task.getHeader()).orElseThrow(), 0, Stage.UPSCALER, record);
  }
}
