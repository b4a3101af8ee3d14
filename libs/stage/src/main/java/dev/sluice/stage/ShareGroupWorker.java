package dev.sluice.stage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records one by one from a share group (KIP-932), in as many slots as there shall be records
 * in work at once. A record stays locked for this worker while it is worked on, however long that
 * takes; it is handed to another worker when this one dies or gives it back.
 */
public final class ShareGroupWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ShareGroupWorker.class);
  private static final Duration POLL = Duration.ofMillis(500);

  /** What to do with a record after the work. */
  public enum Disposition {
    /** It is done with, for better or worse. */
    DONE,
    /** Another attempt shall be made, here or elsewhere. */
    RETRY
  }

  /** The work. */
  @FunctionalInterface
  public interface RecordHandler {
    /**
     * Works on one record; whatever it writes must have arrived when it returns.
     *
     * @param stopping becomes true when the worker is to end: give the record back soon
     */
    Disposition handle(ConsumerRecord<byte[], byte[]> record, BooleanSupplier stopping);
  }

  private final String topic;
  private final RecordHandler handler;
  private final long renewMillis;
  private final ExecutorService slots;
  private final ExecutorService work;
  private final CountDownLatch joined;
  private volatile boolean stopping;

  /**
   * Starts taking records.
   *
   * @param settings for every consumer; {@code bootstrap.servers} at least
   * @param group the share group, set up by {@link GroupSetup}
   * @param slots how many records to work on at once
   * @param lock how long the group locks a record; renewed at a third of it
   */
  public ShareGroupWorker(
      Map<String, Object> settings,
      String group,
      String topic,
      int slots,
      Duration lock,
      RecordHandler handler) {
    this.topic = topic;
    this.handler = handler;
    this.renewMillis = lock.toMillis() / 3;
    this.slots = Executors.newFixedThreadPool(slots, threads(group + "-slot-"));
    this.work = Executors.newFixedThreadPool(slots, threads(group + "-work-"));
    this.joined = new CountDownLatch(slots);
    Map<String, Object> consumerSettings = new HashMap<>(settings);
    consumerSettings.put("group.id", group);
    consumerSettings.put("share.acknowledgement.mode", "explicit");
    consumerSettings.put("share.acquire.mode", "record_limit");
    consumerSettings.put("max.poll.records", 1);
    consumerSettings.put("max.poll.interval.ms", Integer.MAX_VALUE);
    for (int i = 0; i < slots; i++) {
      this.slots.execute(() -> takeRecords(consumerSettings));
    }
  }

  private static java.util.concurrent.ThreadFactory threads(String prefix) {
    java.util.concurrent.atomic.AtomicInteger next =
        new java.util.concurrent.atomic.AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + next.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Whether every slot has asked the broker for work at least once. */
  public boolean isReady() {
    return joined.getCount() == 0;
  }

  private void takeRecords(Map<String, Object> settings) {
    boolean counted = false;
    while (!stopping) {
      try (KafkaShareConsumer<byte[], byte[]> consumer =
          new KafkaShareConsumer<>(
              settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        consumer.subscribe(List.of(topic));
        while (!stopping) {
          List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
          consumer.poll(POLL).forEach(records::add);
          if (!counted) {
            counted = true;
            joined.countDown();
          }
          for (ConsumerRecord<byte[], byte[]> record : records) {
            workOn(consumer, record);
          }
        }
      } catch (RuntimeException e) {
        if (!stopping) {
          LOG.warn("The consumer of {} failed and is started anew", topic, e);
          pause();
        }
      }
    }
  }

  private void workOn(
      KafkaShareConsumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> record) {
    Future<Disposition> outcome = work.submit(() -> handler.handle(record, () -> stopping));
    ConsumerRecord<byte[], byte[]> locked = record;
    while (true) {
      try {
        Disposition disposition = outcome.get(renewMillis, TimeUnit.MILLISECONDS);
        consumer.acknowledge(
            locked,
            disposition == Disposition.DONE ? AcknowledgeType.ACCEPT : AcknowledgeType.RELEASE);
        commit(consumer, record);
        return;
      } catch (TimeoutException e) {
        locked = renew(consumer, locked);
      } catch (ExecutionException e) {
        LOG.error("The work on {} failed unexpectedly; it goes back", describe(record), e);
        consumer.acknowledge(locked, AcknowledgeType.RELEASE);
        commit(consumer, record);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /**
   * Extends the lock. The poll that must follow a renewal gives the record back at once when it
   * does not wait; a waiting poll would fetch further records whose locks nobody renews.
   */
  private ConsumerRecord<byte[], byte[]> renew(
      KafkaShareConsumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> record) {
    consumer.acknowledge(record, AcknowledgeType.RENEW);
    commit(consumer, record);
    ConsumerRecords<byte[], byte[]> renewed = consumer.poll(Duration.ZERO);
    return renewed.isEmpty() ? record : renewed.iterator().next();
  }

  /** A failed acknowledgement is in the answer, not thrown: the record will come again. */
  private void commit(
      KafkaShareConsumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> record) {
    try {
      consumer
          .commitSync()
          .forEach(
              (partition, problem) ->
                  problem.ifPresent(
                      e ->
                          LOG.warn(
                              "{} could not be acknowledged and will come again: {}",
                              describe(record),
                              e.getMessage())));
    } catch (WakeupException e) {
      LOG.debug("Woken while acknowledging {}", describe(record));
    }
  }

  private static String describe(ConsumerRecord<?, ?> record) {
    return record.topic() + "-" + record.partition() + "@" + record.offset();
  }

  private static void pause() {
    try {
      Thread.sleep(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Takes no more records, waits for those in work to be done or given back, and leaves the group.
   */
  @Override
  public void close() {
    stopping = true;
    slots.shutdown();
    try {
      if (!slots.awaitTermination(20, TimeUnit.SECONDS)) {
        slots.shutdownNow();
      }
    } catch (InterruptedException e) {
      slots.shutdownNow();
      Thread.currentThread().interrupt();
    }
    work.shutdownNow();
  }
}
