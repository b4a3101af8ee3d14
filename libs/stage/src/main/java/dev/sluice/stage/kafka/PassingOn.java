package dev.sluice.stage.kafka;

import dev.sluice.contract.Pool;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.stage.status.StatusBoard;
import dev.sluice.stage.work.Backoff;
import dev.sluice.stage.work.InvalidTaskException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a task whose model this worker does not serve and another one does, because its
 * folder of models is another. Giving the record back would use up one of its few deliveries, so it
 * is written to the end of its topic again, after a pause that grows.
 */
public final class PassingOn {

  private static final Logger LOG = LoggerFactory.getLogger(PassingOn.class);

  /** Until a worker that has the model is free, which may take as long as a picture. */
  public static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));

  private final StatusBoard workers;
  private final Pool pool;
  private final String self;
  private final Outbox outbox;
  private final Duration hearing;
  private final Backoff pauses;
  private final long begin = System.nanoTime();
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  /**
   * @param self the name of this worker
   * @param hearing after so long, all others have been heard of
   */
  public PassingOn(
      StatusBoard workers,
      Pool pool,
      String self,
      Outbox outbox,
      Duration hearing,
      Backoff pauses) {
    this.workers = workers;
    this.pool = pool;
    this.self = self;
    this.outbox = outbox;
    this.hearing = hearing;
    this.pauses = pauses;
  }

  /** How often a record has been passed on. */
  static int hops(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(RecordHeaders.HOPS);
    if (header == null || header.value() == null) {
      return 0;
    }
    try {
      return Integer.parseInt(new String(header.value(), StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /**
   * Passes a task on that this worker cannot serve, if that is of use.
   *
   * @param why this worker cannot
   * @return whether it did: the record is done with here
   */
  boolean pass(
      ConsumerRecord<byte[], byte[]> record,
      String model,
      InvalidTaskException why,
      BooleanSupplier stopping) {
    boolean concernsModel =
        why.code() == ErrorCode.MODEL_NOT_FOUND || why.code() == ErrorCode.MODEL_UNUSABLE;
    if (!concernsModel || !othersServe(model)) {
      return false;
    }
    if (told.add(model)) {
      LOG.info("Tasks of model {} are passed on to other workers: {}", model, why.getMessage());
    }
    int hops = hops(record) + 1;
    Backoff.sleep(pauses.after(hops), stopping);
    outbox.passOn(record, hops);
    return true;
  }

  private boolean othersServe(String model) {
    if (System.nanoTime() - begin < hearing.toNanos()) {
      return true;
    }
    return workers.workers(pool.stage()).stream()
        // A task never leaves its pool's topic.
        .filter(worker -> worker.getPool().equals(pool.name()))
        .filter(worker -> !worker.getWorker().equals(self))
        .anyMatch(worker -> serves(worker, model));
  }

  private static boolean serves(StageStatus worker, String model) {
    for (ModelStatus one : worker.getModelsList()) {
      if (one.getName().equals(model)) {
        return StatusBoard.isServed(one);
      }
    }
    return false;
  }
}
