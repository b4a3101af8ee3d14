package dev.sluice.stage.kafka;

import dev.sluice.stage.kafka.ShareGroupWorker.Disposition;
import dev.sluice.stage.kafka.ShareGroupWorker.Hold;
import dev.sluice.stage.kafka.ShareGroupWorker.RecordHandler;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work on one record, from its delivery to its acknowledgement. The lock is renewed at a third
 * of the time that the broker says it lasts.
 *
 * <p>A busy machine may renew it too late, and the record then comes again, as likely as not to
 * this very process. The later delivery waits for what the earlier one's work comes to, or learns
 * what it came to, and begins anew only if that has not done it: nothing is made twice.
 */
final class RecordWork implements Hold, Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(RecordWork.class);

  private final KafkaShareConsumer<byte[], byte[]> consumer;
  private final RecordHandler handler;
  private final ShareGroupWorker worker;

  /**
   * Complete when the handler, be it an earlier delivery's, has returned, not earlier: until then
   * it may write.
   */
  private final CompletableFuture<Disposition> outcome = new CompletableFuture<>();

  private final long lockMillis;
  private Thread handling;
  private final ConsumerRecord<byte[], byte[]> delivered;
  private ConsumerRecord<byte[], byte[]> record;
  private long lockedAt = System.nanoTime();
  private volatile boolean lost;
  private boolean acknowledged;

  /** Delivered to this process while the work goes on, so that this one keeps the lock. */
  private volatile RecordWork later;

  private volatile RecordWork earlier;

  /**
   * @param consumer that the record was delivered to, on whose thread {@link #finish} runs
   */
  RecordWork(
      KafkaShareConsumer<byte[], byte[]> consumer,
      ConsumerRecord<byte[], byte[]> record,
      RecordHandler handler,
      ShareGroupWorker worker) {
    this.consumer = consumer;
    this.delivered = record;
    this.record = record;
    this.handler = handler;
    this.worker = worker;
    this.lockMillis = consumer.acquisitionLockTimeoutMs().orElseThrow();
  }

  int partition() {
    return delivered.partition();
  }

  long offset() {
    return delivered.offset();
  }

  /**
   * Has the record handled on a thread of its own, while {@link #finish} keeps the lock.
   *
   * @param before what this process still does on the place of the record in its topic, or null
   */
  void start(RecordWork before, Executor threads) {
    // A topic that was deleted and made again counts from the start.
    if (before == null || !Arrays.equals(before.delivered.value(), delivered.value())) {
      threads.execute(this);
      return;
    }
    LOG.info("{} came again to where its work began", describe());
    earlier = before;
    before.later = this;
    before.outcome.whenComplete(
        (disposition, fault) -> {
          if (disposition == Disposition.DONE) {
            outcome.complete(disposition);
          } else {
            threads.execute(this);
          }
        });
  }

  @Override
  public void run() {
    synchronized (this) {
      handling = Thread.currentThread();
    }
    try {
      outcome.complete(handler.handle(delivered, this));
    } catch (Throwable e) {
      outcome.completeExceptionally(e);
    } finally {
      synchronized (this) {
        handling = null;
      }
    }
  }

  void interrupt() {
    synchronized (this) {
      if (handling != null) {
        LOG.warn("The work on {} took no notice that the worker is to end", describe());
        handling.interrupt();
      }
    }
    RecordWork working = earlier;
    if (working != null) {
      working.interrupt();
    }
  }

  @Override
  public boolean isEnding() {
    return worker.isStopping() || isLost();
  }

  @Override
  public boolean isLost() {
    RecordWork keeper = later;
    return keeper == null ? lost : keeper.isLost();
  }

  @Override
  public Runnable leaveSlot() {
    worker.changeWaiting(1);
    return () -> worker.changeWaiting(-1);
  }

  /**
   * Returns when the record is acknowledged, or lost and the work on it over, or a later delivery
   * sees to both.
   *
   * @return whether the consumer still holds what it believes to hold
   */
  boolean finish() {
    try {
      while (!outcome.isDone()) {
        if (!isDoneIn(lockMillis / 3) && !renew()) {
          if (later == null) {
            LOG.warn("The lock of {} was lost; the work on it is given up", describe());
          }
          return false;
        }
      }
      if (later != null) {
        return false;
      }
      acknowledge(disposition());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lost = true;
      if (later == null) {
        awaitEnd();
      }
    }
  }

  /**
   * After {@link #finish}: whether the work is done and the broker was not told in time, so that
   * the record comes again.
   */
  boolean isDoneUnacknowledged() {
    return !acknowledged
        && later == null
        && outcome.isDone()
        && !outcome.isCompletedExceptionally()
        && outcome.join() == Disposition.DONE;
  }

  /** How long the broker leaves a record to whom it delivered it, unless that is renewed. */
  Duration lock() {
    return Duration.ofMillis(lockMillis);
  }

  private boolean isDoneIn(long millis) throws InterruptedException {
    try {
      outcome.get(millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }

  private Disposition disposition() throws InterruptedException {
    try {
      return outcome.get();
    } catch (ExecutionException e) {
      LOG.error("The work on {} failed unexpectedly; it goes back", describe(), e.getCause());
      return Disposition.RETRY;
    }
  }

  /**
   * Extends the lock. The poll that must follow a renewal gives the record back at once when it
   * does not wait; a waiting poll would fetch further records whose locks nobody renews.
   */
  private boolean renew() {
    // This process may not have run for long. The broker does not refuse to renew the lock of a
    // record that another worker has done in the meantime.
    if (System.nanoTime() - lockedAt > TimeUnit.MILLISECONDS.toNanos(lockMillis)) {
      return false;
    }
    long asked = System.nanoTime();
    consumer.acknowledge(record, AcknowledgeType.RENEW);
    if (!commit()) {
      return false;
    }
    for (ConsumerRecord<byte[], byte[]> renewed : consumer.poll(Duration.ZERO)) {
      if (renewed.partition() == record.partition() && renewed.offset() == record.offset()) {
        record = renewed;
        lockedAt = asked;
        return true;
      }
    }
    return false;
  }

  private void acknowledge(Disposition disposition) {
    consumer.acknowledge(
        record, disposition == Disposition.DONE ? AcknowledgeType.ACCEPT : AcknowledgeType.RELEASE);
    acknowledged = commit();
    if (!acknowledged) {
      LOG.warn("{} could not be acknowledged and will come again", describe());
    }
  }

  /**
   * Whether what was acknowledged has arrived. A failure is in the answer, not thrown; and an
   * answer that takes longer than the lock lasts comes too late.
   */
  private boolean commit() {
    List<KafkaException> problems =
        consumer.commitSync(Duration.ofMillis(lockMillis)).values().stream()
            .flatMap(Optional::stream)
            .toList();
    problems.forEach(e -> LOG.debug("{} could not be acknowledged", describe(), e));
    return problems.isEmpty();
  }

  private void awaitEnd() {
    try {
      outcome.get();
    } catch (ExecutionException e) {
      LOG.trace("Over, and accounted for", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String describe() {
    return record.topic() + "-" + record.partition() + "@" + record.offset();
  }
}
