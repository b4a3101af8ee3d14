package dev.sluice.gateway;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.ResultFormat;
import dev.sluice.stage.GroupSetup;
import dev.sluice.stage.Outbox;
import dev.sluice.stage.ShareGroupWorker.Disposition;
import dev.sluice.stage.ShareGroupWorker.RecordHandler;
import dev.sluice.stage.TraceParent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka door: a record on {@code sluice.requests} is a {@link GenerationRequest}, binary or
 * proto3 JSON. Its pictures, or its error, come on {@code sluice.results}.
 */
final class RequestDoor implements RecordHandler {

  private static final Logger LOG = LoggerFactory.getLogger(RequestDoor.class);

  private final RoutePlanner planner;
  private final TaskWriter tasks;
  private final Outbox outbox;
  private final ObjectMapper json = new ObjectMapper();

  RequestDoor(RoutePlanner planner, TaskWriter tasks, Outbox outbox) {
    this.planner = planner;
    this.tasks = tasks;
    this.outbox = outbox;
  }

  @Override
  public Disposition handle(ConsumerRecord<byte[], byte[]> record, BooleanSupplier stopping) {
    GenerationRequest request;
    try {
      request = parse(record);
    } catch (InvalidProtocolBufferException e) {
      refuse(
          record,
          idOfUnreadable(record),
          RequestException.invalid("", "The record is no generation request: " + e.getMessage())
              .toError());
      return Disposition.DONE;
    }
    String id = request.getRequestId().isEmpty() ? idOf(record) : request.getRequestId();
    try {
      GenerationPlan plan =
          planner.plan(
              request.toBuilder().setRequestId(id).build(),
              Timestamps.fromMillis(record.timestamp()));
      tasks.writeFirst(
          plan.withResultFormat(format(record)),
          TraceParent.orNew(header(record, RecordHeaders.TRACE_PARENT)));
      return Disposition.DONE;
    } catch (RequestException e) {
      refuse(record, Optional.of(id), e.toError());
      return Disposition.DONE;
    } catch (RuntimeException e) {
      return retryOrGiveUp(record, id, e);
    }
  }

  private GenerationRequest parse(ConsumerRecord<byte[], byte[]> record)
      throws InvalidProtocolBufferException {
    if (record.value() == null) {
      throw new InvalidProtocolBufferException("it has no value");
    }
    if (!isJson(record)) {
      return GenerationRequest.parseFrom(record.value());
    }
    GenerationRequest.Builder request = GenerationRequest.newBuilder();
    JsonFormat.parser().merge(new String(record.value(), StandardCharsets.UTF_8), request);
    return request.build();
  }

  /** Says no to whoever asked, when that is known, and keeps the record as a dead letter. */
  private void refuse(
      ConsumerRecord<byte[], byte[]> record, Optional<String> requestId, GenerationError error) {
    requestId.filter(ImageId::isRequestId).ifPresent(id -> fail(record, id, error));
    outbox.deadLetter(record, error.getMessage());
  }

  private Disposition retryOrGiveUp(
      ConsumerRecord<byte[], byte[]> record, String id, RuntimeException fault) {
    int attempt = record.deliveryCount().orElse((short) 1);
    LOG.error(
        "Attempt {} of {} at request {} failed", attempt, GroupSetup.DELIVERY_LIMIT, id, fault);
    if (attempt < GroupSetup.DELIVERY_LIMIT) {
      return Disposition.RETRY;
    }
    fail(
        record,
        id,
        GenerationError.newBuilder()
            .setCode(ErrorCode.INTERNAL)
            .setMessage("The request could not be planned; the gateway's log has the details.")
            .build());
    outbox.deadLetter(record, "Failed %d times: %s".formatted(attempt, fault));
    return Disposition.DONE;
  }

  private void fail(ConsumerRecord<byte[], byte[]> record, String id, GenerationError error) {
    outbox.sendResult(
        GenerationResult.newBuilder()
            .setRequestId(id)
            .setWholeRequest(true)
            .setError(error)
            .build(),
        format(record),
        null);
  }

  /** The answer comes as the question came. */
  private static ResultFormat format(ConsumerRecord<byte[], byte[]> record) {
    return isJson(record) ? ResultFormat.JSON : ResultFormat.PROTOBUF;
  }

  /** Without an id of its own, a request goes by its key, else by its place in the topic. */
  private static String idOf(ConsumerRecord<byte[], byte[]> record) {
    return keyOf(record)
        .orElseGet(() -> "requests-%d-%d".formatted(record.partition(), record.offset()));
  }

  private static Optional<String> keyOf(ConsumerRecord<byte[], byte[]> record) {
    return Optional.ofNullable(record.key())
        .map(key -> new String(key, StandardCharsets.UTF_8))
        .filter(ImageId::isRequestId);
  }

  private Optional<String> idOfUnreadable(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() != null && isJson(record)) {
      try {
        JsonNode tree = json.readTree(record.value());
        JsonNode id =
            tree.hasNonNull("request_id") ? tree.get("request_id") : tree.get("requestId");
        if (id != null && ImageId.isRequestId(id.asText())) {
          return Optional.of(id.asText());
        }
      } catch (JacksonException e) {
        LOG.debug("A record has no readable id: {}", e.getMessage());
      } catch (IOException e) {
        throw new IllegalStateException("A byte array cannot fail to be read", e);
      }
    }
    return keyOf(record);
  }

  private static boolean isJson(ConsumerRecord<byte[], byte[]> record) {
    String type = header(record, RecordHeaders.CONTENT_TYPE);
    return type != null && type.startsWith(RecordHeaders.JSON);
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }
}
