package dev.sluice.stage.rig;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Results;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what is written to a topic of one partition from now on. */
public final class TopicReader implements AutoCloseable {

  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();

  public TopicReader(KafkaForTests.Address kafka, String topic) {
    this.consumer =
        new KafkaConsumer<>(
            kafka.settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    TopicPartition partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    consumer.seekToEnd(List.of(partition));
    consumer.position(partition); // seeks are lazy
  }

  /** The first {@code count} records that satisfy {@code wanted}; fails when they do not come. */
  public List<ConsumerRecord<byte[], byte[]>> await(
      int count, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      List<ConsumerRecord<byte[], byte[]>> found = seen.stream().filter(wanted).toList();
      if (found.size() >= count) {
        return found.subList(0, count);
      }
      consumer.poll(Duration.ofMillis(50)).forEach(seen::add);
    }
    throw new AssertionError(
        "%d records expected; the topic's, %d in all, had %d of them"
            .formatted(count, seen.size(), seen.stream().filter(wanted).count()));
  }

  /** The next record, whatever it is. */
  public ConsumerRecord<byte[], byte[]> next() {
    ConsumerRecord<byte[], byte[]> first = await(1, any -> true).get(0);
    seen.remove(first);
    return first;
  }

  /** What has been written until some time has passed. */
  public List<ConsumerRecord<byte[], byte[]>> during(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      consumer.poll(Duration.ofMillis(50)).forEach(seen::add);
    }
    return List.copyOf(seen);
  }

  /** The next result of some work. */
  public GenerationResult result(String workId) {
    return result(await(1, record -> result(record).getWorkId().equals(workId)).get(0));
  }

  public static GenerationResult result(ConsumerRecord<byte[], byte[]> record) {
    if (!record.topic().equals(Topics.RESULTS)) {
      throw new IllegalArgumentException("there are no results on " + record.topic());
    }
    try {
      return Results.read(record.value(), header(record, RecordHeaders.CONTENT_TYPE));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("not a result", e);
    }
  }

  /** A header's value; null where there is none. */
  public static String header(ConsumerRecord<?, ?> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
