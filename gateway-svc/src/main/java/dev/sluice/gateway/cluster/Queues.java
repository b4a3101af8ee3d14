package dev.sluice.gateway.cluster;

import dev.sluice.contract.Pool;
import dev.sluice.stage.kafka.Backlog;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How many tasks there are for each pool. The broker is asked no oftener than every two seconds for
 * each, however many look. Safe for use by several threads.
 */
public final class Queues implements AutoCloseable {

  private static final long GOOD_FOR = Duration.ofSeconds(2).toNanos();

  private final Map<String, Object> settings;
  private final Map<Pool, Backlog> backlogs = new HashMap<>();
  private final Map<Pool, Seen> seen = new HashMap<>();

  private record Seen(OptionalLong tasks, long at) {}

  /**
   * @param settings of Kafka's clients; nothing is opened before somebody looks
   */
  public Queues(Map<String, Object> settings) {
    this.settings = settings;
  }

  /** Tasks that wait or are in work; empty while the broker does not know it. */
  public synchronized OptionalLong tasks(Pool pool) {
    Seen last = seen.get(pool);
    if (last == null || System.nanoTime() - last.at() > GOOD_FOR) {
      double records =
          backlogs
              .computeIfAbsent(pool, one -> new Backlog(settings, one.group(), one.topic()))
              .records();
      last =
          new Seen(
              Double.isNaN(records) ? OptionalLong.empty() : OptionalLong.of((long) records),
              System.nanoTime());
      seen.put(pool, last);
    }
    return last.tasks();
  }

  @Override
  public synchronized void close() {
    backlogs.values().forEach(Backlog::close);
    backlogs.clear();
  }
}
