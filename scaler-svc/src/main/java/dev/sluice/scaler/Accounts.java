package dev.sluice.scaler;

import dev.sluice.contract.Pool;
import dev.sluice.contract.Pools;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ModelWork;
import dev.sluice.contract.v1.StageStatus;
import dev.sluice.stage.kafka.Backlog;
import dev.sluice.stage.kafka.Backlog.Standing;
import dev.sluice.stage.kafka.BroadcastReader;
import dev.sluice.stage.kafka.GroupSetup;
import dev.sluice.stage.status.StatusBoard;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the figures of all pools: every task is read once as it is written, every other second the
 * broker is asked how far the share groups are.
 */
final class Accounts implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);
  private static final Duration EVERY = Duration.ofSeconds(2);

  /** Figures that are older are none. */
  private static final Duration FRESH = Duration.ofSeconds(20);

  /** Tasks may be megabytes, and several partitions answer at a time. */
  private static final int FETCH_BYTES = 8 << 20;

  private record Dated(Figures figures, long at) {}

  private final double assumedSeconds;
  private final Rates rates = new Rates(System.currentTimeMillis());
  private final RateStore store;
  private final StatusBoard workers = new StatusBoard();
  private final Pools pools;
  private final Map<Pool, StageQueue> queues = new HashMap<>();
  private final Map<Pool, Backlog> backlogs = new HashMap<>();
  private final Map<String, Pool> byTopic;
  private final Map<Pool, Dated> figures = new ConcurrentHashMap<>();
  private final BroadcastReader tasks;
  private final BroadcastReader statuses;
  private final Thread thread = new Thread(this::keepAccounts, "accounts");
  private final Runnable listener;
  private volatile boolean stopping;

  /**
   * Sets up topics and groups as stages do, and starts reading.
   *
   * @param settings {@code bootstrap.servers} at least
   * @param pools of all stages
   * @param lock how long a task stays with a worker that has fallen silent, as the stages have it
   * @param assumed what a task takes of which nothing was measured
   * @param listener called when figures have changed, in the thread that keeps them
   * @throws IllegalStateException when the broker refuses or cannot be reached
   */
  Accounts(
      Map<String, Object> settings,
      Pools pools,
      Duration lock,
      Duration assumed,
      Runnable listener) {
    this.pools = pools;
    this.byTopic = pools.all().stream().collect(Collectors.toMap(Pool::topic, Function.identity()));
    this.assumedSeconds = assumed.toMillis() / 1000.0;
    this.listener = listener;
    for (Pool pool : pools.all()) {
      // One that never had a replica has work from the first request on.
      GroupSetup.prepare(settings, pool.group(), pool.topic(), lock);
      queues.put(pool, new StageQueue());
      backlogs.put(pool, new Backlog(settings, pool.group(), pool.topic()));
    }
    store = new RateStore(settings);
    store.restore(rates);
    Map<String, Object> frugal = new HashMap<>(settings);
    frugal.put("fetch.max.bytes", FETCH_BYTES);
    tasks =
        new BroadcastReader(
            "task-reader", frugal, byTopic.keySet(), this::starts, this::takeTask, () -> {});
    statuses =
        new BroadcastReader(
            "status-reader", settings, Map.of(Topics.STATUS, FRESH), this::takeStatus, () -> {});
    thread.setDaemon(true);
    thread.start();
  }

  /** Every partition from the first task on that is not done. */
  private Map<TopicPartition, Long> starts(
      KafkaConsumer<byte[], byte[]> consumer, Set<TopicPartition> partitions) {
    Map<TopicPartition, Long> starts = new HashMap<>(consumer.beginningOffsets(partitions));
    for (Backlog backlog : backlogs.values()) {
      backlog
          .standings()
          .orElseThrow(
              () -> new IllegalStateException("the broker does not say how far a group is"))
          .forEach((partition, standing) -> starts.merge(partition, standing.start(), Math::max));
    }
    return starts;
  }

  private void takeTask(ConsumerRecord<byte[], byte[]> record) {
    queues.get(byTopic.get(record.topic())).add(record);
  }

  private void takeStatus(ConsumerRecord<byte[], byte[]> record) {
    workers.take(record);
    if (record.key() == null) {
      return;
    }
    String worker = new String(record.key(), StandardCharsets.UTF_8);
    if (record.value() == null) {
      rates.forget(worker);
    } else {
      workers.workers().stream()
          .filter(status -> status.getWorker().equals(worker))
          .forEach(status -> rates.learn(status, record.timestamp()));
    }
  }

  private void keepAccounts() {
    while (!stopping) {
      try {
        for (Pool pool : pools.all()) {
          backlogs.get(pool).standings().ifPresent(standings -> update(pool, standings));
        }
        rates.keepOnly(workers.workers().stream().map(StageStatus::getWorker).toList());
        store.keep(rates);
        listener.run();
        Thread.sleep(EVERY.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        LOG.warn("Figures could not be kept up to date", e);
      }
    }
  }

  private void update(Pool pool, Map<TopicPartition, Standing> standings) {
    long all = standings.values().stream().mapToLong(Standing::lag).sum();
    List<ModelWork> told =
        workers.workers(pool.stage()).stream()
            .filter(worker -> worker.getPool().equals(pool.name()))
            .flatMap(worker -> worker.getWorkList().stream())
            .toList();
    long inWork = Math.min(all, told.stream().mapToLong(ModelWork::getTasksInWork).sum());
    StageQueue.Outstanding outstanding = queues.get(pool).outstanding(standings, inWork);
    if (!outstanding.complete() && !figures.containsKey(pool)) {
      // Better no figures than those of a part of what waits.
      return;
    }
    double work = outstanding.load().work();
    double workInWork =
        inWork == all
            ? work
            : Math.min(work, told.stream().mapToDouble(ModelWork::getWorkInWork).sum());
    long now = System.currentTimeMillis();
    figures.put(
        pool,
        new Dated(
            new Figures(
                all - inWork,
                inWork,
                work - workInWork,
                workInWork,
                outstanding.load().seconds(model -> rates.of(pool.stage(), model), assumedSeconds),
                Duration.ofMillis(Math.max(0, now - outstanding.oldest().orElse(now))),
                rates.of(pool.stage())),
            System.nanoTime()));
  }

  /** A pool's figures; empty while they are not known, or not any more. */
  Optional<Figures> of(Pool pool) {
    return Optional.ofNullable(figures.get(pool))
        .filter(dated -> System.nanoTime() - dated.at() < FRESH.toNanos())
        .map(Dated::figures);
  }

  @Override
  public void close() {
    stopping = true;
    thread.interrupt();
    tasks.close();
    statuses.close();
    backlogs.values().forEach(Backlog::close);
    store.close();
  }
}
