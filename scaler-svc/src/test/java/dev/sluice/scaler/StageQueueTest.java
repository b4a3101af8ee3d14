package dev.sluice.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.scaler.StageQueue.Outstanding;
import dev.sluice.stage.kafka.Backlog.Standing;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class StageQueueTest {

  private static final String TOPIC = "sluice.denoiser";
  private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
  private static final TopicPartition SECOND = new TopicPartition(TOPIC, 1);

  private final StageQueue queue = new StageQueue();

  private void add(int partition, long offset, String model, double work) {
    Task task =
        Task.newBuilder()
            .setHeader(TaskHeader.newBuilder().setModel(model))
            .setStep(RouteStep.newBuilder().setWork(work))
            .build();
    add(partition, offset, task.toByteArray());
  }

  private void add(int partition, long offset, byte[] value) {
    queue.add(
        new ConsumerRecord<>(
            TOPIC,
            partition,
            offset,
            1000 + offset,
            TimestampType.CREATE_TIME,
            0,
            value.length,
            new byte[0],
            value,
            new RecordHeaders(),
            Optional.empty()));
  }

  private static double seconds(Outstanding outstanding) {
    return outstanding.load().seconds(model -> model.equals("slow") ? 10 : 100, 7);
  }

  @Test
  void outstanding_isWhatIsNotDone() {
    for (int i = 0; i < 4; i++) {
      add(0, i, "slow", 100);
      add(1, i, "fast", 100);
    }

    Outstanding all =
        queue.outstanding(Map.of(FIRST, new Standing(0, 4), SECOND, new Standing(2, 2)), 0);

    assertThat(all.complete()).isTrue();
    assertThat(all.load().work()).isEqualTo(600);
    assertThat(seconds(all)).as("by model").isEqualTo(4 * 10 + 2 * 1);
    assertThat(all.oldest()).hasValue(1000);
    assertThat(queue.outstanding(Map.of(FIRST, new Standing(4, 0), SECOND, new Standing(4, 0)), 0))
        .satisfies(none -> assertThat(none.load().isEmpty()).isTrue())
        .satisfies(none -> assertThat(none.oldest()).isEmpty());
  }

  @Test
  void outstanding_takesTheDoneOnesToBeAmongTheFirst() {
    add(0, 0, "slow", 300);
    add(0, 1, "slow", 100);
    add(0, 2, "slow", 1000);

    // Of the first two one is in work, one done; the third waits for certain.
    Outstanding two = queue.outstanding(Map.of(FIRST, new Standing(0, 2)), 1);

    assertThat(two.load().work()).isCloseTo(1000 + 400 / 2.0, within(1e-9));
  }

  @Test
  void outstanding_countsWhatDeclaresNothingAsItsLike() {
    add(0, 0, "fast", 200);
    add(0, 1, "fast", 0);
    add(0, 2, "other", 0);
    add(0, 3, new byte[] {1, 2, 3});

    Outstanding all = queue.outstanding(Map.of(FIRST, new Standing(0, 4)), 0);

    assertThat(all.load().work()).isEqualTo(400);
    assertThat(seconds(all)).as("two are assumed to take 7 s").isEqualTo(4 + 7 + 7);
  }

  @Test
  void outstanding_isIncompleteUntilAllIsRead() {
    add(0, 0, "fast", 100);

    Outstanding part = queue.outstanding(Map.of(FIRST, new Standing(0, 10)), 0);

    assertThat(part.complete()).isFalse();
    assertThat(part.load().work()).as("the rest as what was read").isEqualTo(1000);
    assertThat(seconds(queue.outstanding(Map.of(SECOND, new Standing(0, 2)), 0))).isEqualTo(14);
  }
}
