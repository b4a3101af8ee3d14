package dev.sluice.stage.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stage.rig.KafkaForTests;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KafkaForTests.class)
class BroadcastReaderTest {

  private final KafkaForTests.Address kafka;
  private final String topic = "broadcast-" + UUID.randomUUID();
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private Admin admin;
  private KafkaProducer<byte[], byte[]> producer;

  BroadcastReaderTest(KafkaForTests.Address kafka) {
    this.kafka = kafka;
  }

  @BeforeEach
  void setUp() throws Exception {
    admin = Admin.create(kafka.settings());
    admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    producer =
        new KafkaProducer<>(kafka.settings(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterEach
  void tearDown() {
    producer.close();
    admin.close();
  }

  @Test
  void reader_seesWhatIsWrittenToPartitionsThatAreAddedWhileItReads() throws Exception {
    write(0, "before");
    try (BroadcastReader reader = reader(Duration.ZERO, this::take)) {
      write(0, "first");
      assertThat(next()).isEqualTo("first");

      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get();
      write(1, "second");

      assertThat(next()).isEqualTo("second");
    }
  }

  @Test
  void reader_looksBackAsFarAsItIsTold() throws Exception {
    write(0, "before");
    try (BroadcastReader reader = reader(Duration.ofMinutes(1), this::take)) {
      assertThat(next()).isEqualTo("before");
    }
  }

  @Test
  void record_thatCannotBeTakenCostsItselfOnly() throws Exception {
    try (BroadcastReader reader =
        reader(
            Duration.ZERO,
            record -> {
              take(record);
              if (value(record).equals("bad")) {
                throw new IllegalStateException("on purpose");
              }
            })) {
      write(0, "bad");
      write(0, "good");
      assertThat(next()).isEqualTo("bad");
      assertThat(next()).isEqualTo("good");
    }
  }

  @Test
  void reader_thatIsInterruptedReadsOn() throws Exception {
    AtomicReference<Thread> thread = new AtomicReference<>();
    try (BroadcastReader reader =
        reader(
            Duration.ZERO,
            record -> {
              thread.set(Thread.currentThread());
              take(record);
            })) {
      write(0, "first");
      assertThat(next()).isEqualTo("first");
      thread.get().interrupt();
      write(0, "second");
      assertThat(next()).isEqualTo("second");
    }
  }

  private BroadcastReader reader(Duration lookBack, Consumer<ConsumerRecord<byte[], byte[]>> take)
      throws InterruptedException {
    Map<String, Object> settings = new HashMap<>(kafka.settings());
    settings.put("metadata.max.age.ms", 100);
    CountDownLatch ready = new CountDownLatch(1);
    BroadcastReader reader =
        new BroadcastReader(
            "test-reader", settings, Map.of(topic, lookBack), take, ready::countDown);
    assertThat(ready.await(30, TimeUnit.SECONDS)).isTrue();
    return reader;
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    seen.add(value(record));
  }

  private static String value(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  private String next() throws InterruptedException {
    return seen.poll(30, TimeUnit.SECONDS);
  }

  private void write(int partition, String value) throws Exception {
    // A producer learns of a new partition at its own time.
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (producer.partitionsFor(topic).size() <= partition && System.nanoTime() < end) {
      producer.close();
      producer =
          new KafkaProducer<>(
              kafka.settings(), new ByteArraySerializer(), new ByteArraySerializer());
    }
    producer
        .send(new ProducerRecord<>(topic, partition, null, value.getBytes(StandardCharsets.UTF_8)))
        .get();
  }
}
