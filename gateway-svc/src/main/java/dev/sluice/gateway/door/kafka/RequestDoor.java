package dev.sluice.gateway.door.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.ResultFormat;
import dev.sluice.gateway.door.json.RequestJson;
import dev.sluice.gateway.work.Admission;
import dev.sluice.gateway.work.WorkRegistry;
import dev.sluice.planning.RoutePlanner;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.request.RequestException;
import dev.sluice.planning.request.Texts;
import dev.sluice.stage.kafka.GroupSetup;
import dev.sluice.stage.kafka.Outbox;
import dev.sluice.stage.kafka.ShareGroupWorker.Disposition;
import dev.sluice.stage.kafka.ShareGroupWorker.Hold;
import dev.sluice.stage.kafka.ShareGroupWorker.RecordHandler;
import dev.sluice.stage.work.OutageException;
import dev.sluice.stage.work.Outages;
import dev.sluice.stage.work.StageStoppedException;
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
public final class RequestDoor implements RecordHandler {

  private static final Logger LOG = LoggerFactory.getLogger(RequestDoor.class);

  private final RoutePlanner planner;
  private final WorkRegistry works;
  private final Admission admission;
  private final Outbox outbox;
  private final Outages outages = new Outages();

  public RequestDoor(RoutePlanner planner, WorkRegistry works, Admission admission, Outbox outbox) {
    this.planner = planner;
    this.works = works;
    this.admission = admission;
    this.outbox = outbox;
  }

  @Override
  public Disposition handle(ConsumerRecord<byte[], byte[]> record, Hold hold) {
    try {
      return outages.outlast(
          "A request on " + record.topic(), hold::isEnding, () -> handle(record, hold::isEnding));
    } catch (StageStoppedException e) {
      return Disposition.RETRY;
    }
  }

  private Disposition handle(ConsumerRecord<byte[], byte[]> record, BooleanSupplier stopping) {
    GenerationRequest request;
    try {
      request = parse(record);
    } catch (RequestException e) {
      GenerationRequest unreadable = labelled(idOfUnreadable(record));
      refuse(record, unreadable, RecordFormat.ofUnreadable(record), e.toError());
      return Disposition.DONE;
    }
    String id = request.getRequestId().isEmpty() ? idOf(record) : request.getRequestId();
    GenerationRequest labelled = request.toBuilder().setRequestId(id).build();
    try {
      begin(record, labelled);
      return Disposition.DONE;
    } catch (RequestException e) {
      refuse(record, answerable(record, labelled), RecordFormat.of(record), e.toError());
      return Disposition.DONE;
    } catch (OutageException e) {
      throw e;
    } catch (RuntimeException e) {
      return retryOrGiveUp(record, labelled, stopping, e);
    }
  }

  private void begin(ConsumerRecord<byte[], byte[]> record, GenerationRequest request) {
    GenerationPlan plan = planner.plan(request, Timestamps.fromMillis(record.timestamp()));
    WorkRegistry.Claim claim = works.claim(request, plan);
    GenerationPlan work = plan.as(claim.work()).withResultFormat(RecordFormat.of(record));
    String traceParent = header(record, RecordHeaders.TRACE_PARENT);
    // Who asks again is answered again, in the format of this record.
    for (GenerationResult outcome : admission.begin(claim, work, traceParent)) {
      outbox.sendResult(outcome, RecordFormat.of(record), traceParent);
    }
  }

  private static GenerationRequest parse(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      throw RequestException.invalid("", "The record has no value.");
    }
    if (RecordFormat.of(record) == ResultFormat.JSON) {
      return RequestJson.parse(record.value());
    }
    try {
      return GenerationRequest.parseFrom(record.value());
    } catch (InvalidProtocolBufferException e) {
      throw RequestException.invalid(
          "", "The record is neither a JSON object nor a GenerationRequest in protobuf.");
    }
  }

  /** A request whose label can stand in an answer. */
  private static GenerationRequest answerable(
      ConsumerRecord<byte[], byte[]> record, GenerationRequest request) {
    String id = ImageId.isName(request.getRequestId()) ? request.getRequestId() : idOf(record);
    return request.toBuilder()
        .setRequestId(id)
        .setTenant(Texts.quotable(request.getTenant()))
        .build();
  }

  /** Says no to whoever asked and keeps the record as a dead letter. */
  private void refuse(
      ConsumerRecord<byte[], byte[]> record,
      GenerationRequest request,
      ResultFormat format,
      GenerationError error) {
    fail(request, format, error);
    outbox.deadLetter(record, error.getMessage());
  }

  private Disposition retryOrGiveUp(
      ConsumerRecord<byte[], byte[]> record,
      GenerationRequest request,
      BooleanSupplier stopping,
      RuntimeException fault) {
    int attempt = record.deliveryCount().orElse((short) 1);
    LOG.error(
        "Attempt {} of {} at request {} failed",
        attempt,
        GroupSetup.DELIVERY_LIMIT,
        request.getRequestId(),
        fault);
    if (attempt < GroupSetup.DELIVERY_LIMIT) {
      Outages.pause(attempt, stopping);
      return Disposition.RETRY;
    }
    fail(
        request,
        RecordFormat.of(record),
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

  private void fail(GenerationRequest request, ResultFormat format, GenerationError error) {
    outbox.sendResult(
        GenerationResult.newBuilder()
            .setRequestId(request.getRequestId())
            .setTenant(request.getTenant())
            .setWholeRequest(true)
            .setError(error)
            .build(),
        format,
        null);
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

  private static String idOfUnreadable(ConsumerRecord<byte[], byte[]> record) {
    boolean json = record.value() != null && RecordFormat.of(record) == ResultFormat.JSON;
    return (json ? RequestJson.idIn(record.value()) : Optional.<String>empty())
        .orElseGet(() -> idOf(record));
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }
}
