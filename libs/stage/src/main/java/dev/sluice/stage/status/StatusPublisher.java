package dev.sluice.stage.status;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.Pool;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ModelWork;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a worker's status to {@code sluice.status}: soon after a change, and every few seconds for
 * those who came later. On a thread and through a producer of its own, so that nobody who works
 * waits for the broker.
 */
public final class StatusPublisher implements AutoCloseable {

  /** Between two records, however much changes. */
  static final Duration AT_MOST_EVERY = Duration.ofMillis(300);

  public static final Duration AT_LEAST_EVERY = Duration.ofSeconds(5);
  private static final Duration VALID = AT_LEAST_EVERY.multipliedBy(4);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(StatusPublisher.class);

  private final Pool pool;
  private final StageState state;
  private final BooleanSupplier ready;
  private final Supplier<List<ModelWork>> work;
  private final String worker;
  private final long since =
      ProcessHandle.current()
          .info()
          .startInstant()
          .map(i -> i.toEpochMilli())
          .orElseGet(System::currentTimeMillis);
  private final KafkaProducer<byte[], byte[]> producer;
  private final Thread thread = new Thread(this::publish, "status-publisher");
  private boolean changed = true;
  private boolean stopping;

  /**
   * Starts publishing; the topic is there.
   *
   * @param settings {@code bootstrap.servers} at least
   * @param ready whether this worker takes tasks
   * @param work what it does and has done
   */
  public StatusPublisher(
      Map<String, Object> settings,
      Pool pool,
      String worker,
      StageState state,
      BooleanSupplier ready,
      Supplier<List<ModelWork>> work) {
    this.pool = pool;
    this.worker = worker;
    this.state = state;
    this.ready = ready;
    this.work = work;
    Map<String, Object> own = new HashMap<>(settings);
    own.put("linger.ms", 0);
    own.put("max.block.ms", PATIENCE.toMillis());
    this.producer = new KafkaProducer<>(own, new ByteArraySerializer(), new ByteArraySerializer());
    state.onChange(this::changed);
    thread.setDaemon(true);
    thread.start();
  }

  /** A name for a worker of a stage that no other has. */
  public static String name(Stage stage) {
    return "%s-%d-%s"
        .formatted(
            Topics.name(stage),
            ProcessHandle.current().pid(),
            UUID.randomUUID().toString().substring(0, 8));
  }

  /** The worker as it is now. */
  StageStatus status() {
    StageStatus.Builder status =
        StageStatus.newBuilder()
            .setStage(pool.stage())
            .setPool(pool.name())
            .setWorker(worker)
            .setSince(Timestamps.fromMillis(since))
            .setValidFor(Durations.fromMillis(VALID.toMillis()))
            .setReady(ready.getAsBoolean())
            .addAllWork(work.get());
    state.describe(status);
    return status.build();
  }

  private synchronized void changed() {
    changed = true;
    notifyAll();
  }

  private void publish() {
    try {
      while (awaitOccasion()) {
        send(status().toByteArray());
        Thread.sleep(AT_MOST_EVERY.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean awaitOccasion() throws InterruptedException {
    if (!changed && !stopping) {
      wait(AT_LEAST_EVERY.toMillis());
    }
    changed = false;
    return !stopping;
  }

  private void send(byte[] value) {
    try {
      producer.send(
          new ProducerRecord<>(Topics.STATUS, worker.getBytes(StandardCharsets.UTF_8), value),
          (written, failure) -> {
            if (failure != null) {
              LOG.debug("A status could not be written: {}", failure.toString());
            }
          });
    } catch (RuntimeException e) {
      LOG.debug("A status could not be written: {}", e.toString());
    }
  }

  /** Says that this worker has ended. */
  @Override
  public void close() {
    synchronized (this) {
      stopping = true;
      notifyAll();
    }
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    send(null);
    producer.close(PATIENCE);
  }
}
