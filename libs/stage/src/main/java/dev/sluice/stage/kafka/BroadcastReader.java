package dev.sluice.stage.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads topics of which every process sees every record: without a group, all partitions, and those
 * that are added while it reads from their first record on.
 */
public final class BroadcastReader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BroadcastReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long PAUSE_MILLIS = 500;

  /** A producer may learn of a new partition at any time; what it writes there waits for us. */
  private static final int PARTITIONS_KNOWN_FOR_MILLIS = 10_000;

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Where reading begins. */
  @FunctionalInterface
  public interface Starts {

    /**
     * The offsets of the first records to read, asked once, in the reader's thread; partitions
     * without one are read from what comes next.
     */
    Map<TopicPartition, Long> of(
        KafkaConsumer<byte[], byte[]> consumer, Set<TopicPartition> partitions);
  }

  private final Set<String> topics;
  private final Starts starts;
  private final Consumer<ConsumerRecord<byte[], byte[]>> take;
  private final Runnable ready;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread thread;
  private final Set<TopicPartition> read = new HashSet<>();
  private volatile boolean stopping;

  /**
   * Starts reading; the topics are there.
   *
   * @param name of its thread
   * @param settings {@code bootstrap.servers} at least
   * @param topics each with how far back it is read at the start; zero for what comes from now on
   * @param take gets the records, one at a time, in the reader's thread; what it throws is logged
   *     and costs that record only
   * @param ready called once, when everything that is written from then on will be seen
   */
  public BroadcastReader(
      String name,
      Map<String, Object> settings,
      Map<String, Duration> topics,
      Consumer<ConsumerRecord<byte[], byte[]>> take,
      Runnable ready) {
    this(
        name,
        settings,
        topics.keySet(),
        (consumer, partitions) -> lookBack(consumer, partitions, topics),
        take,
        ready);
  }

  /** The same, beginning elsewhere. */
  public BroadcastReader(
      String name,
      Map<String, Object> settings,
      Set<String> topics,
      Starts starts,
      Consumer<ConsumerRecord<byte[], byte[]>> take,
      Runnable ready) {
    this.topics = Set.copyOf(topics);
    this.starts = starts;
    this.take = take;
    this.ready = ready;
    Map<String, Object> own = new HashMap<>(settings);
    own.put("enable.auto.commit", false);
    own.put("auto.offset.reset", "latest");
    own.putIfAbsent("metadata.max.age.ms", PARTITIONS_KNOWN_FOR_MILLIS);
    this.consumer =
        new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.thread = new Thread(this::listen, name);
    this.thread.setDaemon(true);
    this.thread.start();
  }

  private void listen() {
    try (consumer) {
      boolean started = false;
      while (!stopping) {
        try {
          if (!started) {
            start();
            started = true;
            ready.run();
          }
          addNewPartitions();
          consumer.poll(POLL).forEach(this::pass);
        } catch (RuntimeException e) {
          // The consumer keeps its place, so nothing is lost by going on with it.
          if (!stopping) {
            LOG.warn("Reading {} failed and goes on: {}", topics, e.toString());
            // Only close() ends this thread; with the flag up every poll would fail at once.
            Thread.interrupted();
            pause();
          }
        }
      }
    }
  }

  private void start() {
    Set<TopicPartition> partitions = partitions();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    starts.of(consumer, partitions).forEach(consumer::seek);
    // Seeking is lazy: only asking for the position makes it so.
    partitions.forEach(consumer::position);
    read.addAll(partitions);
  }

  /** Where to start in the partitions that hold records as young as their topic's look back. */
  private static Map<TopicPartition, Long> lookBack(
      KafkaConsumer<byte[], byte[]> consumer,
      Set<TopicPartition> partitions,
      Map<String, Duration> topics) {
    long now = System.currentTimeMillis();
    Map<TopicPartition, Long> times =
        partitions.stream()
            .filter(partition -> !topics.get(partition.topic()).isZero())
            .collect(
                Collectors.toMap(
                    partition -> partition,
                    partition -> now - topics.get(partition.topic()).toMillis()));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    consumer
        .offsetsForTimes(times)
        .forEach(
            (partition, start) -> {
              if (start != null) {
                offsets.put(partition, start.offset());
              }
            });
    return offsets;
  }

  private void addNewPartitions() {
    Set<TopicPartition> added = partitions();
    added.removeAll(read);
    if (!added.isEmpty()) {
      read.addAll(added);
      consumer.assign(read);
      consumer.seekToBeginning(added);
      LOG.info("{} were added and are read as well", added);
    }
  }

  private Set<TopicPartition> partitions() {
    return topics.stream()
        .map(consumer::partitionsFor)
        .flatMap(List::stream)
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .collect(Collectors.toCollection(HashSet::new));
  }

  private void pass(ConsumerRecord<byte[], byte[]> record) {
    try {
      take.accept(record);
    } catch (RuntimeException e) {
      LOG.error("A record on {} could not be passed on", record.topic(), e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      LOG.debug("A pause was cut short", e);
    }
  }

  @Override
  public void close() {
    stopping = true;
    consumer.wakeup();
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
