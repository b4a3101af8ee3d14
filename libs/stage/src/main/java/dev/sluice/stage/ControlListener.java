package dev.sluice.stage;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ControlCommand;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code sluice.control} and {@code sluice.status}: every process sees every command, those
 * of the last minutes included, and how the others are.
 */
public final class ControlListener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ControlListener.class);
  private static final Duration LOOK_BACK = Duration.ofMinutes(15);
  private static final long PAUSE_MILLIS = 1000;

  private final CancelledWork cancelled;
  private final StatusBoard workers;
  private final Thread thread;
  private volatile boolean stopping;

  /**
   * Starts listening.
   *
   * @param settings {@code bootstrap.servers} at least
   */
  public ControlListener(
      Map<String, Object> settings, CancelledWork cancelled, StatusBoard workers) {
    this.cancelled = cancelled;
    this.workers = workers;
    this.thread = new Thread(() -> listen(settings), "control-listener");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  private void listen(Map<String, Object> settings) {
    while (!stopping) {
      try (KafkaConsumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(
              consumerSettings(settings),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer())) {
        seek(consumer);
        while (!stopping) {
          consumer.poll(Duration.ofMillis(500)).forEach(this::take);
        }
      } catch (RuntimeException e) {
        if (!stopping) {
          LOG.warn("Reading {} failed and is tried again: {}", Topics.CONTROL, e.getMessage());
          pause();
        }
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<String, Object> consumerSettings(Map<String, Object> settings) {
    Map<String, Object> own = new HashMap<>(settings);
    own.put("enable.auto.commit", false);
    own.put("auto.offset.reset", "latest");
    return own;
  }

  private static void seek(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions =
        Stream.of(Topics.CONTROL, Topics.STATUS)
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    long now = System.currentTimeMillis();
    Map<TopicPartition, OffsetAndTimestamp> starts =
        consumer.offsetsForTimes(
            partitions.stream()
                .collect(
                    Collectors.toMap(
                        partition -> partition,
                        partition -> now - lookBack(partition.topic()).toMillis())));
    for (TopicPartition partition : partitions) {
      OffsetAndTimestamp start = starts.get(partition);
      if (start == null) {
        consumer.seekToEnd(List.of(partition));
      } else {
        consumer.seek(partition, start.offset());
      }
    }
  }

  private static Duration lookBack(String topic) {
    return topic.equals(Topics.STATUS) ? StatusPublisher.AT_LEAST_EVERY : LOOK_BACK;
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.topic().equals(Topics.STATUS)) {
      workers.take(record);
    } else {
      obey(record);
    }
  }

  private void obey(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      LOG.warn("A record on {} has no value", Topics.CONTROL);
      return;
    }
    try {
      ControlCommand command = ControlCommand.parseFrom(record.value());
      if (command.hasCancel()) {
        cancelled.add(command.getCancel());
      }
    } catch (InvalidProtocolBufferException e) {
      LOG.warn("A record on {} is not a command: {}", Topics.CONTROL, e.getMessage());
    }
  }

  @Override
  public void close() {
    stopping = true;
    thread.interrupt();
  }
}
