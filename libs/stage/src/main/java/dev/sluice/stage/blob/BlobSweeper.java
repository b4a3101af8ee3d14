package dev.sluice.stage.blob;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes blobs that nobody will ask for any more. Every process sweeps the store that they share:
 * none of them is there for certain, and sweeping twice does no harm.
 */
public final class BlobSweeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BlobSweeper.class);
  private static final Duration MOST_OFTEN = Duration.ofSeconds(10);
  private static final Duration LEAST_OFTEN = Duration.ofMinutes(30);
  private static final int SWEEPS_PER_RETENTION = 10;

  private final BlobStore blobs;
  private final Duration retention;
  private final ScheduledExecutorService timer;

  /**
   * Starts sweeping.
   *
   * @param retention how long blobs are kept, give or take a tenth; positive
   */
  public BlobSweeper(BlobStore blobs, Duration retention) {
    if (retention.isNegative() || retention.isZero()) {
      throw new IllegalArgumentException(
          "sluice.blob-retention is %s; expected a positive duration, such as 24h"
              .formatted(retention));
    }
    this.blobs = blobs;
    this.retention = retention;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "blob-sweeper");
              thread.setDaemon(true);
              return thread;
            });
    long pause = pause(retention).toMillis();
    timer.scheduleWithFixedDelay(this::sweep, pause, pause, TimeUnit.MILLISECONDS);
  }

  static Duration pause(Duration retention) {
    Duration tenth = retention.dividedBy(SWEEPS_PER_RETENTION);
    if (tenth.compareTo(MOST_OFTEN) < 0) {
      return MOST_OFTEN;
    }
    return tenth.compareTo(LEAST_OFTEN) > 0 ? LEAST_OFTEN : tenth;
  }

  private void sweep() {
    try {
      int deleted = blobs.expire(retention);
      if (deleted > 0) {
        LOG.info("{} blobs were older than {} and are deleted", deleted, retention);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("Old blobs could not be deleted: {}", e.toString());
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
