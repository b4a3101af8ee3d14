package dev.sluice.gateway.pending;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Results;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.AcceptedGeneration;
import dev.sluice.contract.v1.ControlCommand;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.gateway.work.AcceptedWorks;
import dev.sluice.stage.kafka.BroadcastReader;
import dev.sluice.stage.status.StatusBoard;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads results, events, cancellations and workers' statuses as they come and passes them to those
 * who wait. Every gateway reads all of them for itself, from the moment it starts: its callers come
 * later.
 */
public final class ReplyListener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ReplyListener.class);

  /** Longer than any record is kept. */
  private static final Duration ALL = Duration.ofDays(365);

  private final Generations generations;
  private final StatusBoard workers;
  private final AcceptedWorks accepted;
  private final BroadcastReader reader;
  private volatile boolean ready;

  /**
   * Starts reading; the topics are there.
   *
   * @param settings {@code bootstrap.servers} at least
   */
  public ReplyListener(
      Map<String, Object> settings,
      Generations generations,
      StatusBoard workers,
      AcceptedWorks accepted) {
    this.generations = generations;
    this.workers = workers;
    this.accepted = accepted;
    this.reader =
        new BroadcastReader(
            "reply-listener",
            settings,
            Map.of(
                Topics.RESULTS, Duration.ZERO,
                Topics.EVENTS, Duration.ZERO,
                Topics.CONTROL, Duration.ZERO,
                Topics.STATUS, Duration.ZERO,
                Topics.GENERATIONS, ALL),
            this::take,
            this::open);
  }

  private void open() {
    ready = true;
    generations.open();
  }

  /** Whether everything that is written from now on will be seen. */
  public boolean isReady() {
    return ready;
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.topic().equals(Topics.STATUS)) {
      workers.take(record);
      return;
    }
    if (record.value() == null) {
      return;
    }
    try {
      switch (record.topic()) {
        case Topics.RESULTS ->
            generations.onResult(Results.read(record.value(), contentType(record)));
        case Topics.EVENTS -> {
          GenerationEvent event = GenerationEvent.parseFrom(record.value());
          accepted.onEvent(event);
          generations.onEvent(event);
        }
        case Topics.GENERATIONS -> accepted.add(AcceptedGeneration.parseFrom(record.value()));
        default -> obey(ControlCommand.parseFrom(record.value()));
      }
    } catch (InvalidProtocolBufferException e) {
      LOG.warn("A record on {} is not what belongs there: {}", record.topic(), e.getMessage());
    }
  }

  private static String contentType(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(RecordHeaders.CONTENT_TYPE);
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  private void obey(ControlCommand command) {
    if (command.hasCancel()) {
      generations.onCancelled(command.getCancel());
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
