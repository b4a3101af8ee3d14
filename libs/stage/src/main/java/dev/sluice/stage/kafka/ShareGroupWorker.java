package dev.sluice.stage.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
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
  private static final long RESTART_PAUSE_MILLIS = 1000;

  /** Less than the 30 s that Kubernetes gives a process to end. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  private static final Duration RELEASE_TIME = Duration.ofSeconds(5);

  /** Each costs a consumer, that is, a connection and a thread or two. */
  private static final int MOST_WAITING = 32;

  /** How long a record is known that was done without the broker's knowing. */
  private static final int REMEMBERED_LOCKS = 10;

  private record Place(int partition, long offset) {}

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
    /** Works on one record; whatever it writes must have arrived when it returns. */
    Disposition handle(ConsumerRecord<byte[], byte[]> record, Hold hold);
  }

  /** What a handler has of the record that it works on. */
  public interface Hold {

    /** Whether the worker is to end, or has lost the record to another: give it back soon. */
    boolean isEnding();

    /** Whether the record is another worker's now. */
    boolean isLost();

    /**
     * Leaves the slot to another record, for as long as this one's work only waits.
     *
     * @return to be run once when the work goes on
     */
    Runnable leaveSlot();
  }

  private final String topic;
  private final RecordHandler handler;
  private final Map<String, Object> settings;
  private final int slots;
  private final ExecutorService takers;
  private final ExecutorService work;

  /**
   * The last delivery of each record that is in work, or done without the broker's knowing, by
   * where the record is.
   */
  private final Map<Place, RecordWork> running = new ConcurrentHashMap<>();

  private final CountDownLatch joined;
  private volatile boolean stopping;

  /** Threads that take records, and how many of their records only wait; guarded by this. */
  private int taking;

  private int waiting;

  /**
   * Starts taking records.
   *
   * @param settings for every consumer; {@code bootstrap.servers} at least
   * @param group the share group, set up by {@link GroupSetup}
   * @param slots how many records to work on at once, at least 1
   */
  public ShareGroupWorker(
      Map<String, Object> settings, String group, String topic, int slots, RecordHandler handler) {
    if (slots < 1) {
      throw new IllegalArgumentException(
          "a worker of %s needs at least 1 slot; found %d".formatted(topic, slots));
    }
    this.topic = topic;
    this.handler = handler;
    this.settings = consumerSettings(settings, group);
    this.slots = slots;
    this.takers = Executors.newCachedThreadPool(threads(group + "-slot-"));
    this.work = Executors.newCachedThreadPool(threads(group + "-work-"));
    this.joined = new CountDownLatch(slots);
    addTakers();
  }

  /** As many as there are slots, not counting those whose record only waits. */
  private synchronized void addTakers() {
    while (!stopping && taking - waiting < slots && taking < slots + MOST_WAITING) {
      taking++;
      takers.execute(this::takeRecords);
    }
  }

  private synchronized boolean isOneTooMany() {
    if (taking - waiting <= slots) {
      return false;
    }
    taking--;
    return true;
  }

  boolean isStopping() {
    return stopping;
  }

  /** So many records more only wait. */
  void changeWaiting(int by) {
    synchronized (this) {
      waiting += by;
    }
    addTakers();
  }

  private static Map<String, Object> consumerSettings(Map<String, Object> settings, String group) {
    Map<String, Object> own = new HashMap<>(settings);
    own.put("group.id", group);
    own.put("share.acknowledgement.mode", "explicit");
    own.put("share.acquire.mode", "record_limit");
    own.put("max.poll.records", 1);
    own.put("max.poll.interval.ms", Integer.MAX_VALUE);
    return own;
  }

  private static ThreadFactory threads(String prefix) {
    AtomicInteger next = new AtomicInteger();
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

  private void takeRecords() {
    boolean counted = false;
    while (!stopping) {
      try (KafkaShareConsumer<byte[], byte[]> consumer =
          new KafkaShareConsumer<>(
              settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        consumer.subscribe(List.of(topic));
        boolean intact = true;
        while (!stopping && intact) {
          List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
          consumer.poll(POLL).forEach(records::add);
          if (!counted) {
            counted = true;
            joined.countDown();
          }
          for (ConsumerRecord<byte[], byte[]> record : records) {
            intact &= finish(new RecordWork(consumer, record, handler, this));
          }
          if (isOneTooMany()) {
            return;
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

  /** Returns as {@link RecordWork#finish}, on this thread, while another one does the work. */
  private boolean finish(RecordWork record) {
    Place place = new Place(record.partition(), record.offset());
    record.start(running.put(place, record), work);
    try {
      return record.finish();
    } finally {
      if (record.isDoneUnacknowledged()) {
        // It comes again as soon as a slot here asks, or has gone to another process.
        CompletableFuture.delayedExecutor(
                record.lock().multipliedBy(REMEMBERED_LOCKS).toMillis(),
                TimeUnit.MILLISECONDS,
                work)
            .execute(() -> running.remove(place, record));
      } else {
        running.remove(place, record);
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RESTART_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Takes no more records, waits for those in work to be done or given back, and leaves the group.
   * Work that takes no notice for 20 s is interrupted, and its record given back when it is over.
   */
  @Override
  public void close() {
    close(GRACE);
  }

  void close(Duration grace) {
    stopping = true;
    synchronized (this) {
      takers.shutdown();
    }
    try {
      if (!takers.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        running.values().forEach(RecordWork::interrupt);
        takers.awaitTermination(RELEASE_TIME.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    takers.shutdownNow();
    work.shutdownNow();
  }
}
