package dev.sluice.stage.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sluice.contract.Pool;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.stage.rig.Deliveries;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.StageRig;
import dev.sluice.stage.rig.TopicReader;
import dev.sluice.stage.rig.ToyState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(KafkaForTests.class)
class StatusPublisherTest {

  private final KafkaForTests.Address kafka;

  @TempDir private Path folder;

  StatusPublisherTest(KafkaForTests.Address kafka) {
    this.kafka = kafka;
  }

  @Test
  void publisher_tellsChangesAndItsEnd() {
    try (StageRig rig = new StageRig(kafka, Stage.DENOISER, folder)) {
      TopicReader records = rig.read(Topics.STATUS);
      ToyState state = new ToyState();
      String worker = StatusPublisher.name(Stage.DENOISER);
      StatusPublisher publisher =
          new StatusPublisher(
              kafka.settings(), Pool.whole(Stage.DENOISER), worker, state, () -> true, List::of);

      StageStatus first = status(records.await(1, record -> key(record).equals(worker)).get(0));
      assertThat(first.getStage()).isEqualTo(Stage.DENOISER);
      assertThat(first.getReady()).isTrue();
      assertThat(first.getModels(0)).isEqualTo(ToyState.loading(1_200_000_000L));

      state.set(ToyState.in(ModelStatus.State.LOADED));
      records.await(
          1,
          record ->
              key(record).equals(worker)
                  && status(record).getModels(0).getState() == ModelStatus.State.LOADED);

      publisher.close();
      records.await(1, record -> key(record).equals(worker) && record.value() == null);
    }
  }

  @Test
  void publisher_writesFewRecordsHoweverMuchChanges() {
    try (StageRig rig = new StageRig(kafka, Stage.DENOISER, folder)) {
      TopicReader records = rig.read(Topics.STATUS);
      ToyState state = new ToyState();
      String worker = StatusPublisher.name(Stage.DENOISER);
      try (StatusPublisher publisher =
          new StatusPublisher(
              kafka.settings(), Pool.whole(Stage.DENOISER), worker, state, () -> true, List::of)) {
        for (int i = 0; i < 1000; i++) {
          state.set(ToyState.loading(i));
          Deliveries.sleep(Duration.ofMillis(1));
        }
        List<ConsumerRecord<byte[], byte[]>> written =
            records.await(
                1,
                record ->
                    key(record).equals(worker)
                        && status(record).getModels(0).equals(ToyState.loading(999)));
        assertThat(written).hasSize(1);
        assertThat(
                records.during(Duration.ZERO).stream().filter(record -> key(record).equals(worker)))
            .hasSizeLessThan(100);
      }
    }
  }

  private static String key(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.key(), StandardCharsets.UTF_8);
  }

  private static StageStatus status(ConsumerRecord<byte[], byte[]> record) {
    try {
      return record.value() == null
          ? StageStatus.newBuilder().addModels(ModelStatus.getDefaultInstance()).build()
          : StageStatus.parseFrom(record.value());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("not a status", e);
    }
  }
}
