package dev.sluice.stage.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ControlCommand;
import dev.sluice.stage.status.StatusBoard;
import dev.sluice.stage.status.StatusPublisher;
import dev.sluice.stage.work.CancelledWork;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code sluice.control} and {@code sluice.status}: every process sees every command, those
 * of the last minutes included, and how the others are.
 */
public final class ControlListener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ControlListener.class);
  private static final Duration LOOK_BACK = Duration.ofMinutes(15);

  private final CancelledWork cancelled;
  private final StatusBoard workers;
  private final BroadcastReader reader;

  /**
   * Starts listening.
   *
   * @param settings {@code bootstrap.servers} at least
   */
  public ControlListener(
      Map<String, Object> settings, CancelledWork cancelled, StatusBoard workers) {
    this.cancelled = cancelled;
    this.workers = workers;
    this.reader =
        new BroadcastReader(
            "control-listener",
            settings,
            Map.of(Topics.CONTROL, LOOK_BACK, Topics.STATUS, StatusPublisher.AT_LEAST_EVERY),
            this::take,
            () -> {});
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.topic().equals(Topics.STATUS)) {
      workers.take(record);
    } else {
      obey(record);
    }
  }

  private void obey(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      LOG.warn("A record on {} has no value", Topics.CONTROL);
      return;
    }
    try {
      ControlCommand command = ControlCommand.parseFrom(record.value());
      if (command.hasCancel()) {
        cancelled.add(command.getCancel());
      }
    } catch (InvalidProtocolBufferException e) {
      LOG.warn("A record on {} is not a command: {}", Topics.CONTROL, e.getMessage());
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
