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
  private final WorkRegistry works;
  private final Admission admission;
  private final Outbox outbox;
  private final ObjectMapper json = new ObjectMapper();

  RequestDoor(RoutePlanner planner, WorkRegistry works, Admission admission, Outbox outbox) {
    this.planner = planner;
    this.works = works;
    this.admission = admission;
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
          idOfUnreadable(record).map(RequestDoor::labelled),
          RequestException.invalid("", "The record is no generation request: " + e.getMessage())
              .toError());
      return Disposition.DONE;
    }
    String id = request.getRequestId().isEmpty() ? idOf(record) : request.getRequestId();
    GenerationRequest labelled = request.toBuilder().setRequestId(id).build();
    try {
      begin(record, labelled);
      return Disposition.DONE;
    } catch (RequestException e) {
      refuse(record, Optional.of(labelled), e.toError());
      return Disposition.DONE;
    } catch (RuntimeException e) {
      return retryOrGiveUp(record, labelled, e);
    }
  }

  private void begin(ConsumerRecord<byte[], byte[]> record, GenerationRequest request) {
    GenerationPlan plan = planner.plan(request, Timestamps.fromMillis(record.timestamp()));
    WorkRegistry.Claim claim = works.claim(request, plan);
    GenerationPlan work = plan.as(claim.work()).withResultFormat(format(record));
    String traceParent = TraceParent.orNew(header(record, RecordHeaders.TRACE_PARENT));
    // Who asks again is answered again, in the format of this record.
    for (GenerationResult outcome : admission.begin(claim, work, traceParent)) {
      outbox.sendResult(outcome, format(record), traceParent);
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
      ConsumerRecord<byte[], byte[]> record,
      Optional<GenerationRequest> request,
      GenerationError error) {
    request
        .filter(known -> ImageId.isName(known.getRequestId()))
        .ifPresent(known -> fail(record, known, error));
    outbox.deadLetter(record, error.getMessage());
  }

  private Disposition retryOrGiveUp(
      ConsumerRecord<byte[], byte[]> record, GenerationRequest request, RuntimeException fault) {
    int attempt = record.deliveryCount().orElse((short) 1);
    LOG.error(
        "Attempt {} of {} at request {} failed",
        attempt,
        GroupSetup.DELIVERY_LIMIT,
        request.getRequestId(),
        fault);
    if (attempt < GroupSetup.DELIVERY_LIMIT) {
      return Disposition.RETRY;
    }
    fail(
        record,
        request,
        GenerationError.newBuilder()
            .setCode(ErrorCode.INTERNAL)
            .setMessage("The request could not be planned; the gateway's log has the details.")
            .build());
    outbox.deadLetter(record, "Failed %d times: %s".formatted(attempt, fault));
    return Disposition.DONE;
  }

  private static GenerationRequest labelled(String id) {
    return GenerationRequest.newBuilder().setRequestId(id).build();
  }

  private void fail(
      ConsumerRecord<byte[], byte[]> record, GenerationRequest request, GenerationError error) {
    outbox.sendResult(
        GenerationResult.newBuilder()
            .setRequestId(request.getRequestId())
            .setTenant(request.getTenant())
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
        .filter(ImageId::isName);
  }

  private Optional<String> idOfUnreadable(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() != null && isJson(record)) {
      try {
        JsonNode tree = json.readTree(record.value());
        JsonNode id =
            tree.hasNonNull("request_id") ? tree.get("request_id") : tree.get("requestId");
        if (id != null && ImageId.isName(id.asText())) {
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
