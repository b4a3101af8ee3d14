package dev.sluice.scaler;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.WorkRate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps rates on {@code sluice.rates}, a compacted topic: a stage that was scaled to nothing long
 * ago is asked for as many replicas as it needs, though nobody is there to tell how fast they are.
 */
final class RateStore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RateStore.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Map<String, Object> settings;
  private final KafkaProducer<byte[], byte[]> producer;

  /**
   * @param settings {@code bootstrap.servers} at least
   */
  RateStore(Map<String, Object> settings) {
    this.settings = settings;
    Map<String, Object> own = new HashMap<>(settings);
    own.put("max.block.ms", PATIENCE.toMillis());
    this.producer = new KafkaProducer<>(own, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Reads all that is kept; the topic is there. */
  void restore(Rates rates) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.RATES).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(Set.copyOf(partitions));
      while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        consumer.poll(POLL).forEach(record -> restore(record, rates));
      }
    }
  }

  private static void restore(ConsumerRecord<byte[], byte[]> record, Rates rates) {
    if (record.value() == null) {
      return;
    }
    try {
      rates.restore(WorkRate.parseFrom(record.value()));
    } catch (InvalidProtocolBufferException e) {
      LOG.warn("A record on {} is no rate: {}", Topics.RATES, e.getMessage());
    }
  }

  /** Writes what has changed; what is lost is written at the next change. */
  void keep(Rates rates) {
    rates
        .changes()
        .forEach(
            (key, rate) ->
                producer.send(
                    new ProducerRecord<>(
                        Topics.RATES, key.getBytes(StandardCharsets.UTF_8), rate.toByteArray())));
  }

  @Override
  public void close() {
    producer.close(PATIENCE);
  }
}
