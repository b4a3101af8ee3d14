package dev.sluice.launcher.care;

import dev.sluice.contract.Topics;
import dev.sluice.launcher.console.LaunchException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What lies on the topics of dead letters. Reads as nobody: no group, nothing is used up. */
final class DeadLetters implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);

  /** Held, because a logger that nobody holds forgets its level. */
  private static final Logger KAFKA = Logger.getLogger("org.apache.kafka");

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<String, Object> settings;

  /**
   * @param settings of Kafka's clients; {@code bootstrap.servers} at least
   */
  DeadLetters(Map<String, Object> settings) {
    hush();
    this.settings = settings;
    Map<String, Object> own = new HashMap<>(settings);
    own.put("default.api.timeout.ms", (int) PATIENCE.toMillis());
    own.put("isolation.level", "read_committed");
    try {
      consumer = new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw unreachable(e);
    }
  }

  /** Kafka's clients tell at length what they do; what goes wrong is told by who asked. */
  static void hush() {
    KAFKA.setLevel(Level.OFF);
  }

  /**
   * All of them, the oldest first.
   *
   * @throws LaunchException if Kafka does not answer
   */
  List<DeadLetter> all() {
    try {
      List<TopicPartition> partitions =
          consumer.listTopics().entrySet().stream()
              .filter(topic -> Topics.isDeadLetters(topic.getKey()))
              .flatMap(topic -> topic.getValue().stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<DeadLetter> found = new ArrayList<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(POLL).forEach(record -> found.add(DeadLetter.of(record)));
      }
      found.sort(Comparator.comparing(DeadLetter::at));
      return found;
    } catch (KafkaException e) {
      throw unreachable(e);
    }
  }

  /**
   * Those of these names.
   *
   * @throws LaunchException if one of them is not there
   */
  List<DeadLetter> named(List<String> names) {
    Map<String, DeadLetter> all = new HashMap<>();
    all().forEach(letter -> all.put(letter.name(), letter));
    return names.stream()
        .map(
            name -> {
              if (!all.containsKey(name)) {
                throw new LaunchException(
                    "There is no dead letter '%s'. `sluice dead-letters list` names those there are, such as dlq.sluice.denoiser/0/17."
                        .formatted(name));
              }
              return all.get(name);
            })
        .toList();
  }

  /** Writes each to the topic that it comes from. */
  void retry(List<DeadLetter> letters) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (DeadLetter letter : letters) {
        producer.send(letter.again()).get();
      }
    } catch (KafkaException | ExecutionException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaunchException("Interrupted while writing");
    }
  }

  private static LaunchException unreachable(Exception e) {
    String reason = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
    return new LaunchException("Kafka does not do what it is asked for: " + reason, e);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
