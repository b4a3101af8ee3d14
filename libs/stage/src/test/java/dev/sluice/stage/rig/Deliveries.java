package dev.sluice.stage.rig;

import dev.sluice.stage.kafka.ShareGroupWorker;
import dev.sluice.stage.kafka.ShareGroupWorker.Disposition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A handler that notes what was delivered: each record's value and for which time it came. */
public final class Deliveries implements ShareGroupWorker.RecordHandler {

  private final BlockingQueue<String> notes = new LinkedBlockingQueue<>();

  @Override
  public Disposition handle(ConsumerRecord<byte[], byte[]> record, ShareGroupWorker.Hold hold) {
    return note(record);
  }

  public Disposition note(ConsumerRecord<byte[], byte[]> record) {
    notes.add(value(record) + " " + record.deliveryCount().orElseThrow());
    return Disposition.DONE;
  }

  /** The next delivery; null when none comes. */
  public String next() throws InterruptedException {
    return next(TopicReader.PATIENCE);
  }

  public String next(Duration patience) throws InterruptedException {
    return notes.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  public static String value(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  /** Work that takes its time, unless it is interrupted. */
  public static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
