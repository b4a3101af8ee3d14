package dev.sluice.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Results;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ControlCommand;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.stage.StatusBoard;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads results, events, cancellations and workers' statuses as they come and passes them to those
 * who wait. Every gateway reads all of them for itself, from the moment it starts: its callers come
 * later.
 */
final class ReplyListener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ReplyListener.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long PAUSE_MILLIS = 500;

  private final Generations generations;
  private final StatusBoard workers;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private volatile boolean positioned;
  private final Thread thread = new Thread(this::listen, "reply-listener");
  private volatile boolean stopping;

  /**
   * Starts reading; the topics are there.
   *
   * @param settings {@code bootstrap.servers} at least
   */
  ReplyListener(Map<String, Object> settings, Generations generations, StatusBoard workers) {
    this.generations = generations;
    this.workers = workers;
    Map<String, Object> own = new HashMap<>(settings);
    own.put("enable.auto.commit", false);
    own.put("auto.offset.reset", "latest");
    this.consumer =
        new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.thread.setDaemon(true);
    this.thread.start();
  }

  /** Whether everything that is written from now on will be seen. */
  boolean isReady() {
    return positioned;
  }

  private void listen() {
    try (consumer) {
      while (!stopping) {
        try {
          if (!positioned) {
            goToEnd();
            positioned = true;
            generations.open();
          }
          consumer.poll(POLL).forEach(this::pass);
        } catch (RuntimeException e) {
          // The consumer keeps its place, so nothing is lost by going on with it.
          if (!stopping) {
            LOG.warn("Reading replies failed and goes on: {}", e.toString());
            pause();
          }
        }
      }
    }
  }

  private void goToEnd() {
    List<TopicPartition> partitions =
        Stream.of(Topics.RESULTS, Topics.EVENTS, Topics.CONTROL, Topics.STATUS)
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    // Seeking is lazy: only asking for the position makes it so.
    partitions.forEach(consumer::position);
  }

  private void pass(ConsumerRecord<byte[], byte[]> record) {
    if (record.topic().equals(Topics.STATUS)) {
      workers.take(record);
      return;
    }
    if (record.value() == null) {
      return;
    }
    try {
      switch (record.topic()) {
        case Topics.RESULTS ->
            generations.onResult(Results.read(record.value(), contentType(record)));
        case Topics.EVENTS -> generations.onEvent(GenerationEvent.parseFrom(record.value()));
        default -> obey(ControlCommand.parseFrom(record.value()));
      }
    } catch (InvalidProtocolBufferException e) {
      LOG.warn("A record on {} is not what belongs there: {}", record.topic(), e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("A record on {} could not be passed on", record.topic(), e);
    }
  }

  private static String contentType(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(RecordHeaders.CONTENT_TYPE);
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  private void obey(ControlCommand command) {
    if (command.hasCancel()) {
      generations.onCancelled(command.getCancel());
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stopping = true;
    consumer.wakeup();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
