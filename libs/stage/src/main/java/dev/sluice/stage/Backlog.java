package dev.sluice.stage;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many records of a share group are not done yet, those in work included. */
public final class Backlog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);

  /** A scrape of the metrics waits no longer, whatever has become of the broker. */
  private static final long PATIENCE_SECONDS = 2;

  private final Admin admin;
  private final String group;

  public Backlog(Map<String, Object> settings, String group) {
    this.admin = Admin.create(settings);
    this.group = group;
  }

  /** The number of records; NaN while the broker does not know it. */
  public double records() {
    try {
      return admin
          .listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
          .partitionsToOffsetInfo(group)
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .values()
          .stream()
          .filter(info -> info != null && info.lag().isPresent())
          .mapToDouble(Backlog::lag)
          .reduce(Double::sum)
          .orElse(Double.NaN);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("No backlog of {}", group, e);
      return Double.NaN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Double.NaN;
    }
  }

  private static double lag(SharePartitionOffsetInfo info) {
    return info.lag().orElseThrow();
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(PATIENCE_SECONDS));
  }
}
