package dev.sluice.stage.kafka;

import com.google.protobuf.Message;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Results;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.ResultFormat;
import dev.sluice.stage.work.OutageException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to Kafka. Everything but events has arrived when a method returns. */
public final class Outbox implements AutoCloseable {

  /** What a record may weigh on a topic of tasks, requests or events. */
  static final int MAX_RECORD_BYTES = 8 << 20;

  /** What a dead letter may weigh: the record and why it is one. */
  static final int MAX_DEAD_LETTER_BYTES = MAX_RECORD_BYTES + (64 << 10);

  /** What a result may weigh: a picture of 2048x2048 pixels of noise, in base64. */
  static final int MAX_RESULT_BYTES = 32 << 20;

  private static final int MAX_REASON_LENGTH = 1000;

  /** Room for some of the largest results at a time, so that none waits for another's. */
  private static final long BUFFER_BYTES = 4L * MAX_RESULT_BYTES;

  private final KafkaProducer<byte[], byte[]> producer;
  private final EventSender events;

  /**
   * @param settings {@code bootstrap.servers} at least
   */
  public Outbox(Map<String, Object> settings) {
    Map<String, Object> producerSettings = new HashMap<>(settings);
    producerSettings.put("acks", "all");
    producerSettings.put("enable.idempotence", true);
    producerSettings.put("linger.ms", 0);
    producerSettings.put("max.request.size", MAX_RESULT_BYTES);
    producerSettings.put("buffer.memory", BUFFER_BYTES);
    this.producer =
        new KafkaProducer<>(producerSettings, new ByteArraySerializer(), new ByteArraySerializer());
    this.events = new EventSender(settings);
  }

  /** The heaviest record that a topic takes. */
  static int maxBytes(String topic) {
    if (topic.equals(Topics.RESULTS)) {
      return MAX_RESULT_BYTES;
    }
    return Topics.isDeadLetters(topic) ? MAX_DEAD_LETTER_BYTES : MAX_RECORD_BYTES;
  }

  /**
   * Writes a task or a result and waits until the broker has it.
   *
   * @throws OutageException if the broker is away
   */
  public void send(String topic, String key, Message value, String traceParent) {
    ProducerRecord<byte[], byte[]> record = record(topic, key, value.toByteArray());
    header(record, RecordHeaders.TRACE_PARENT, traceParent);
    await(record);
  }

  /** Writes an event without ever waiting: a lost one is no loss. */
  public void send(GenerationEvent event, String traceParent) {
    ProducerRecord<byte[], byte[]> record =
        record(Topics.EVENTS, event.getWorkId(), event.toByteArray());
    header(record, RecordHeaders.TRACE_PARENT, traceParent);
    events.send(record);
  }

  /** Writes a picture, or what prevented it, in the format that the request asked for. */
  public void sendResult(GenerationResult result, ResultFormat format, String traceParent) {
    ProducerRecord<byte[], byte[]> record =
        record(Topics.RESULTS, keyOf(result), Results.write(result, format));
    if (format == ResultFormat.JSON) {
      header(record, RecordHeaders.CONTENT_TYPE, RecordHeaders.JSON);
    }
    header(record, RecordHeaders.TRACE_PARENT, traceParent);
    await(record);
  }

  /**
   * Clients find their results by what they call them; gateways go by the work's id, in the value.
   * Where a task could not even be read, that id is all there is.
   */
  private static String keyOf(GenerationResult result) {
    String id = result.getRequestId().isEmpty() ? result.getWorkId() : result.getRequestId();
    return id + "/" + result.getImageIndex();
  }

  /** Writes a record that nobody can work on to its topic's dead letters, with the reason. */
  public void deadLetter(ConsumerRecord<byte[], byte[]> poisoned, String reason) {
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(
            Topics.deadLetters(poisoned.topic()), poisoned.key(), poisoned.value());
    for (Header header : poisoned.headers()) {
      letter.headers().add(header);
    }
    header(letter, RecordHeaders.ERROR, abridged(reason));
    header(
        letter,
        RecordHeaders.ORIGIN,
        "%s-%d@%d".formatted(poisoned.topic(), poisoned.partition(), poisoned.offset()));
    await(letter);
  }

  /** Writes a task to its topic again, for another worker, and says how often that has been. */
  void passOn(ConsumerRecord<byte[], byte[]> task, int hops) {
    ProducerRecord<byte[], byte[]> again =
        new ProducerRecord<>(task.topic(), task.key(), task.value());
    for (Header header : task.headers()) {
      if (!header.key().equals(RecordHeaders.HOPS)) {
        again.headers().add(header);
      }
    }
    header(again, RecordHeaders.HOPS, Integer.toString(hops));
    await(again);
  }

  /** What clients are told of a fault of ours: no details, they are in the log. */
  public static GenerationError internalError() {
    return GenerationError.newBuilder()
        .setCode(ErrorCode.INTERNAL)
        .setMessage("an internal error occurred; the service's log has the details")
        .build();
  }

  /** Reasons may quote what was sent. */
  static String abridged(String reason) {
    return reason.length() <= MAX_REASON_LENGTH
        ? reason
        : reason.substring(0, MAX_REASON_LENGTH) + " ...";
  }

  private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
    if (value != null) {
      record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, String key, byte[] value) {
    return new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value);
  }

  private void await(ProducerRecord<byte[], byte[]> record) {
    try {
      producer.send(record).get();
    } catch (ExecutionException e) {
      String problem =
          "%s could not be written: %s".formatted(record.topic(), e.getCause().getMessage());
      throw e.getCause() instanceof RetriableException
          ? new OutageException(problem, e.getCause())
          : new IllegalStateException(problem, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while writing to " + record.topic(), e);
    }
  }

  @Override
  public void close() {
    events.close();
    producer.close();
  }
}
