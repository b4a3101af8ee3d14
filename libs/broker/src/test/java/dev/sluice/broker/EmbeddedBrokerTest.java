package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {

  @Test
  void start_servesAShareGroupFromTheEarliestRecord(@TempDir Path folder) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder)) {
      Map<String, Object> address = Map.of("bootstrap.servers", broker.bootstrapServers());
      try (Admin admin = Admin.create(address)) {
        admin.createTopics(List.of(new NewTopic("work", 3, (short) 1))).all().get();
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "workers");
        Collection<AlterConfigOp> earliest =
            List.of(
                new AlterConfigOp(
                    new ConfigEntry("share.auto.offset.reset", "earliest"),
                    AlterConfigOp.OpType.SET));
        admin.incrementalAlterConfigs(Map.of(group, earliest)).all().get();
      }
      try (KafkaProducer<String, String> producer =
          new KafkaProducer<>(address, new StringSerializer(), new StringSerializer())) {
        for (int i = 0; i < 10; i++) {
          producer.send(new ProducerRecord<>("work", "key" + i, "job" + i)).get();
        }
      }

      Set<String> received = new HashSet<>();
      try (KafkaShareConsumer<String, String> consumer =
          new KafkaShareConsumer<>(
              Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", "workers"),
              new StringDeserializer(),
              new StringDeserializer())) {
        consumer.subscribe(List.of("work"));
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (received.size() < 10 && System.nanoTime() < end) {
          for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(500))) {
            received.add(record.value());
          }
        }
      }
      assertThat(received).hasSize(10);
    }
  }

  /** Another registration of its number counts until its session ends, which is a minute here. */
  @Test
  @Timeout(40)
  void start_doesNotWaitForOneThatEndedInOrder(@TempDir Path folder) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Map<String, String> longSessions = Map.of("broker.session.timeout.ms", "60000");
    EmbeddedBroker.start(folder, port, longSessions).close();
    EmbeddedBroker.start(folder, port, longSessions).close();
  }

  @Test
  void start_findsTheRecordsOfTheLastTimeInTheSameFolder(@TempDir Path folder) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder);
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
      producer.send(new ProducerRecord<>("kept", "key", "value")).get();
    }

    try (EmbeddedBroker broker = EmbeddedBroker.start(folder);
        KafkaConsumer<String, String> consumer =
            new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
      TopicPartition partition = new TopicPartition("kept", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      List<String> found = new ArrayList<>();
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (found.isEmpty() && System.nanoTime() < end) {
        consumer.poll(Duration.ofMillis(500)).forEach(record -> found.add(record.value()));
      }
      assertThat(found).containsExactly("value");
    }
  }
}
