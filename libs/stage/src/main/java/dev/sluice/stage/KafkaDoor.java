package dev.sluice.stage;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.Preview;
import dev.sluice.contract.v1.RouteStep;
import dev.sluice.contract.v1.StageProgress;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.contract.v1.UpscalerResult;
import dev.sluice.stage.ShareGroupWorker.Disposition;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage's door to Kafka: a record's value is the task, and the result becomes the next stage's
 * task or, at the end of the route, a record on {@code sluice.results}.
 */
public final class KafkaDoor<T, R> implements ShareGroupWorker.RecordHandler {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaDoor.class);
  private static final long RETRY_PAUSE_MILLIS = 300;

  private final StageRuntime<T, R> runtime;
  private final StageProtocol<T, R> protocol;
  private final Outbox outbox;

  public KafkaDoor(StageRuntime<T, R> runtime, Outbox outbox) {
    this.runtime = runtime;
    this.protocol = runtime.protocol();
    this.outbox = outbox;
  }

  @Override
  public Disposition handle(ConsumerRecord<byte[], byte[]> record, BooleanSupplier stopping) {
    T task;
    try {
      task = protocol.parser().parseFrom(record.value());
    } catch (InvalidProtocolBufferException | NullPointerException e) {
      LOG.warn("A record on {} is not a task: {}", record.topic(), e.getMessage());
      outbox.deadLetter(
          record, "not a task of the " + Topics.name(protocol.stage()) + ": " + e.getMessage());
      return Disposition.DONE;
    }
    TaskHeader header = protocol.header().apply(task);
    try {
      R result = runtime.run(task, listener(header), stopping);
      handOn(task, result, traceParent(record));
      return Disposition.DONE;
    } catch (InvalidTaskException e) {
      fail(header, e.code(), e.field(), e.getMessage());
      outbox.deadLetter(record, e.getMessage());
      return Disposition.DONE;
    } catch (StageStoppedException e) {
      return switch (e.reason()) {
        case SHUTDOWN -> Disposition.RETRY;
        case CANCELLED -> endWith(header, ErrorCode.CANCELLED, e);
        case DEADLINE_EXCEEDED -> endWith(header, ErrorCode.DEADLINE_EXCEEDED, e);
      };
    } catch (RuntimeException e) {
      return retryOrGiveUp(record, header, stopping, e);
    }
  }

  private Disposition endWith(TaskHeader header, ErrorCode code, StageStoppedException e) {
    fail(header, code, "", e.getMessage());
    return Disposition.DONE;
  }

  private Disposition retryOrGiveUp(
      ConsumerRecord<byte[], byte[]> record,
      TaskHeader header,
      BooleanSupplier stopping,
      RuntimeException fault) {
    int attempt = record.deliveryCount().orElse((short) 1);
    LOG.error(
        "Attempt {} of {} at {} failed",
        attempt,
        GroupSetup.DELIVERY_LIMIT,
        header.getImageId(),
        fault);
    if (attempt < GroupSetup.DELIVERY_LIMIT) {
      if (!stopping.getAsBoolean()) {
        pause();
      }
      return Disposition.RETRY;
    }
    fail(header, Outbox.internalError());
    outbox.deadLetter(record, "failed %d times: %s".formatted(attempt, fault));
    return Disposition.DONE;
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void fail(TaskHeader header, ErrorCode code, String field, String message) {
    if (header.getRequestId().isEmpty()) {
      return;
    }
    fail(
        header,
        GenerationError.newBuilder().setCode(code).setField(field).setMessage(message).build());
  }

  private void fail(TaskHeader header, GenerationError error) {
    outbox.sendResult(
        GenerationResult.newBuilder()
            .setRequestId(header.getRequestId())
            .setImageIndex(header.getImageIndex())
            .setError(error.toBuilder().setStage(protocol.stage()))
            .build(),
        header.getResultFormat(),
        null);
  }

  private void handOn(T task, R result, String traceParent) {
    StageResult common = protocol.result().apply(result);
    TaskHeader header = common.getHeader();
    List<RouteStep> route = protocol.route().apply(task);
    if (route.isEmpty()) {
      outbox.sendResult(finalResult(header, result), header.getResultFormat(), traceParent);
      return;
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>(protocol.inputs().apply(task));
    tensors.putAll(runtime.payloads().store(header.getImageId(), common.getOutputsMap()));
    Message next = Routing.task(header, tensors, route);
    outbox.send(route.get(0).getTopic(), header.getImageId(), next, traceParent);
  }

  private GenerationResult finalResult(TaskHeader header, R result) {
    GenerationResult.Builder outcome =
        GenerationResult.newBuilder()
            .setRequestId(header.getRequestId())
            .setImageIndex(header.getImageIndex());
    if (!(result instanceof UpscalerResult picture)) {
      throw InvalidTaskException.inField(
          "route",
          "the route ends at the "
              + Topics.name(protocol.stage())
              + ", which makes no picture; it must end at the upscaler");
    }
    return outcome
        .setImage(
            Image.newBuilder()
                .setIndex(header.getImageIndex())
                .setSeed(header.getSeed())
                .setWidth(picture.getWidth())
                .setHeight(picture.getHeight())
                .setPng(picture.getPng())
                .addAllTimings(header.getTimingsList()))
        .build();
  }

  private StageRuntime.Listener listener(TaskHeader header) {
    return new StageRuntime.Listener() {
      @Override
      public void progress(int step, int total) {
        outbox.send(
            event(header)
                .setProgress(
                    StageProgress.newBuilder()
                        .setStage(protocol.stage())
                        .setStep(step)
                        .setTotal(total))
                .build());
      }

      @Override
      public void preview(int step, byte[] png) {
        outbox.send(
            event(header)
                .setPreview(Preview.newBuilder().setStep(step).setPng(ByteString.copyFrom(png)))
                .build());
      }
    };
  }

  private static GenerationEvent.Builder event(TaskHeader header) {
    return GenerationEvent.newBuilder()
        .setRequestId(header.getRequestId())
        .setImageIndex(header.getImageIndex())
        .setAt(Timestamps.fromMillis(System.currentTimeMillis()));
  }

  private static String traceParent(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(RecordHeaders.TRACE_PARENT);
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }
}
