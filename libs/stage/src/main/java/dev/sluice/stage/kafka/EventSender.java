package dev.sluice.stage.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends events for those who must not wait: steps are told by the thread of a network that works
 * for many, and a producer waits for a broker that is away, or for memory that results take. Events
 * wait here instead, for a thread and a producer of their own; where too many do, new ones are
 * dropped.
 */
final class EventSender implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EventSender.class);

  /** Some seconds' worth of steps; previews among them are a few dozen kilobytes each. */
  private static final int MOST_WAITING = 500;

  private static final int BUFFER_BYTES = 8 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final BlockingQueue<ProducerRecord<byte[], byte[]>> waiting =
      new ArrayBlockingQueue<>(MOST_WAITING);
  private final KafkaProducer<byte[], byte[]> producer;
  private final Thread thread = new Thread(this::work, "event-sender");
  private volatile boolean stopping;

  /**
   * @param settings {@code bootstrap.servers} at least
   */
  EventSender(Map<String, Object> settings) {
    Map<String, Object> own = new HashMap<>(settings);
    own.put("acks", "1");
    own.put("enable.idempotence", false);
    own.put("linger.ms", 5);
    own.put("max.request.size", Outbox.MAX_RECORD_BYTES);
    own.put("buffer.memory", BUFFER_BYTES);
    own.put("max.block.ms", PATIENCE.toMillis());
    own.put("delivery.timeout.ms", 5_000);
    own.put("request.timeout.ms", 4_000);
    this.producer = new KafkaProducer<>(own, new ByteArraySerializer(), new ByteArraySerializer());
    thread.setDaemon(true);
    thread.start();
  }

  /** Takes a record to be sent some time soon, or never; returns at once. */
  void send(ProducerRecord<byte[], byte[]> record) {
    if (!waiting.offer(record)) {
      LOG.debug("An event is dropped: {} wait already", MOST_WAITING);
    }
  }

  private void work() {
    try {
      while (!stopping || !waiting.isEmpty()) {
        ProducerRecord<byte[], byte[]> record = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (record != null) {
          pass(record);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pass(ProducerRecord<byte[], byte[]> record) {
    try {
      producer.send(
          record,
          (written, failure) -> {
            if (failure != null) {
              LOG.debug("An event was lost: {}", failure.toString());
            }
          });
    } catch (RuntimeException e) {
      LOG.debug("An event was lost: {}", e.toString());
    }
  }

  /** Sends what waits, as far as the broker takes it without delay. */
  @Override
  public void close() {
    stopping = true;
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt();
    producer.close(PATIENCE);
  }
}
