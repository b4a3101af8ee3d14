package dev.sluice.stage.status;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import dev.sluice.contract.v1.ModelAtStage;
import dev.sluice.contract.v1.ModelStatus;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest status of each worker that lives, as {@code sluice.status} tells. Whoever has not been
 * heard of for as long as its last status holds is gone. Safe for use by several threads.
 */
public final class StatusBoard {

  private static final Logger LOG = LoggerFactory.getLogger(StatusBoard.class);

  private record Entry(StageStatus status, long heardAt, long expiresAt) {}

  private final LongSupplier nanoTime;
  private final Map<String, Entry> byWorker = new TreeMap<>();

  public StatusBoard() {
    this(System::nanoTime);
  }

  StatusBoard(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Takes a record of {@code sluice.status}. */
  public void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      return;
    }
    String worker = new String(record.key(), StandardCharsets.UTF_8);
    if (record.value() == null) {
      gone(worker);
      return;
    }
    try {
      take(worker, StageStatus.parseFrom(record.value()));
    } catch (InvalidProtocolBufferException e) {
      LOG.warn("A record on {} is no status: {}", record.topic(), e.getMessage());
    }
  }

  public synchronized void take(String worker, StageStatus status) {
    long now = nanoTime.getAsLong();
    byWorker.put(worker, new Entry(status, now, now + Durations.toNanos(status.getValidFor())));
    notifyAll();
  }

  synchronized void gone(String worker) {
    byWorker.remove(worker);
    notifyAll();
  }

  private void forgetTheGone() {
    long now = nanoTime.getAsLong();
    byWorker.values().removeIf(entry -> now - entry.expiresAt() > 0);
  }

  /** The workers that live, by name. */
  public synchronized List<StageStatus> workers() {
    forgetTheGone();
    return byWorker.values().stream().map(Entry::status).toList();
  }

  /** The workers of a stage that live. */
  public List<StageStatus> workers(Stage stage) {
    return workers().stream().filter(worker -> worker.getStage() == stage).toList();
  }

  /** What the workers of a stage that know a model say of it. */
  public List<ModelStatus> of(Stage stage, String model) {
    return workers(stage).stream().flatMap(worker -> named(worker, model).stream()).toList();
  }

  private static Optional<ModelStatus> named(StageStatus worker, String model) {
    return worker.getModelsList().stream().filter(one -> one.getName().equals(model)).findFirst();
  }

  /** How a model is at a stage; empty where no living worker of that stage knows it. */
  public Optional<ModelAtStage> at(Stage stage, String model) {
    List<ModelStatus> all = of(stage, model);
    return all.stream()
        .max(Comparator.comparingInt(status -> nearness(status.getState())))
        .map(
            nearest ->
                ModelAtStage.newBuilder()
                    .setStage(stage)
                    .setStatus(nearest)
                    .setWorkers((int) all.stream().filter(StatusBoard::isServed).count())
                    .build());
  }

  /** How near a model is to being served. */
  private static int nearness(ModelStatus.State state) {
    return Stream.of(
            ModelStatus.State.LEFT_OUT,
            ModelStatus.State.ON_DEMAND,
            ModelStatus.State.LOADING,
            ModelStatus.State.LOADED)
        .toList()
        .indexOf(state);
  }

  /** Whether a worker that says this of a model takes its tasks. */
  public static boolean isServed(ModelStatus status) {
    return status.getState() != ModelStatus.State.LEFT_OUT
        && status.getState() != ModelStatus.State.STATE_UNSPECIFIED;
  }

  /**
   * Waits until every worker of a stage that lives has been heard of since now.
   *
   * @return whether they have, in that time
   */
  public synchronized boolean awaitNews(Stage stage, Duration patience)
      throws InterruptedException {
    long now = nanoTime.getAsLong();
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      forgetTheGone();
      boolean heard =
          byWorker.values().stream()
              .filter(entry -> entry.status().getStage() == stage)
              .allMatch(entry -> entry.heardAt() - now > 0);
      long left = (end - System.nanoTime()) / 1_000_000;
      if (heard || left <= 0) {
        return heard;
      }
      wait(left);
    }
  }
}
