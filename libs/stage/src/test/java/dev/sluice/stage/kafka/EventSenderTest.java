package dev.sluice.stage.kafka;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.StageProgress;
import dev.sluice.stage.rig.KafkaForTests;
import dev.sluice.stage.rig.TopicReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KafkaForTests.class)
class EventSenderTest {

  private static GenerationEvent event(int step) {
    return GenerationEvent.newBuilder()
        .setWorkId("steps")
        .setProgress(StageProgress.newBuilder().setStep(step).setTotal(1000))
        .build();
  }

  /** Longer than any of these takes, and less than a producer waits for a broker by itself. */
  private static final Duration FAR_TOO_LONG = Duration.ofSeconds(30);

  @Test
  void send_doesNotWaitForABrokerThatIsAway() throws IOException {
    String nobody;
    try (ServerSocket socket = new ServerSocket(0)) {
      nobody = "127.0.0.1:" + socket.getLocalPort();
    }
    assertTimeoutPreemptively(
        FAR_TOO_LONG,
        () -> {
          try (Outbox outbox = new Outbox(Map.of("bootstrap.servers", nobody))) {
            for (int step = 1; step <= 1000; step++) {
              outbox.send(event(step), null);
            }
          }
        });
  }

  @Test
  void close_sendsWhatWaits(KafkaForTests.Address kafka) throws Exception {
    try (TopicReader events = new TopicReader(kafka, Topics.EVENTS)) {
      try (Outbox outbox = new Outbox(kafka.settings())) {
        outbox.send(event(1), null);
        outbox.send(event(2), null);
      }

      for (ConsumerRecord<byte[], byte[]> record :
          events.await(2, event -> new String(event.key()).equals("steps"))) {
        Assertions.assertThat(GenerationEvent.parseFrom(record.value()).hasProgress()).isTrue();
      }
    }
  }
}
