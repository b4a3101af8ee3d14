package dev.sluice.stage.kafka;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.ModelName;
import dev.sluice.contract.RecordHeaders;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageResult;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.contract.v1.Tensor;
import dev.sluice.stage.kafka.ShareGroupWorker.Disposition;
import dev.sluice.stage.process.FaultLog;
import dev.sluice.stage.trace.LogFields;
import dev.sluice.stage.trace.Spans;
import dev.sluice.stage.trace.TraceParent;
import dev.sluice.stage.work.Backoff;
import dev.sluice.stage.work.InvalidTaskException;
import dev.sluice.stage.work.OutageException;
import dev.sluice.stage.work.Outages;
import dev.sluice.stage.work.ProgressStore;
import dev.sluice.stage.work.Routing;
import dev.sluice.stage.work.StageRuntime;
import dev.sluice.stage.work.StageStoppedException;
import dev.sluice.stage.work.WorkerFullException;
import io.micrometer.core.instrument.Counter;
import io.opentelemetry.api.trace.SpanKind;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage's door to Kafka: a record's value is the task, and the result becomes the next stage's
 * task or, at the end of the route, a record on {@code sluice.results}.
 */
public final class KafkaDoor implements ShareGroupWorker.RecordHandler {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaDoor.class);

  /** A task over which workers ran out of memory so often would do so again. */
  private static final int FULL_ATTEMPTS = 2;

  /** A worker that ends gives a task back so often; that keeps its place, and costs a delivery. */
  private static final int RELEASES = 3;

  private final StageRuntime runtime;
  private final Stage stage;
  private final Outbox outbox;
  private final ProgressStore checkpoints;
  private final PassingOn passing;
  private final PictureOutcomes outcomes;
  private final Backoff backoff;
  private final Outages outages;
  private final FaultLog faults = new FaultLog(LOG);
  private final Counter redeliveries;
  private final Counter deadLetters;

  public KafkaDoor(
      StageRuntime runtime,
      Outbox outbox,
      ProgressStore checkpoints,
      PassingOn passing,
      Backoff backoff) {
    this.runtime = runtime;
    this.stage = runtime.stage();
    this.outbox = outbox;
    this.checkpoints = checkpoints;
    this.passing = passing;
    this.outcomes = new PictureOutcomes(stage, runtime.payloads(), outbox);
    this.backoff = backoff;
    this.outages = new Outages(backoff);
    this.redeliveries =
        Counter.builder("sluice.stage.redeliveries")
            .description("Tasks that came again: a worker died, shut down or failed before")
            .tags(runtime.tags())
            .register(runtime.metrics());
    this.deadLetters =
        Counter.builder("sluice.stage.dead.letters")
            .description("Records that nobody could work on")
            .tags(runtime.tags())
            .register(runtime.metrics());
  }

  @Override
  public Disposition handle(ConsumerRecord<byte[], byte[]> record, ShareGroupWorker.Hold hold) {
    return Spans.in(
        "process " + record.topic(),
        SpanKind.CONSUMER,
        traceParent(record),
        () -> handleTraced(record, hold));
  }

  private Disposition handleTraced(
      ConsumerRecord<byte[], byte[]> record, ShareGroupWorker.Hold hold) {
    if (Attempt.number(record) > 1) {
      redeliveries.increment();
    }
    try {
      Task task;
      try {
        task = parse(record);
      } catch (InvalidProtocolBufferException e) {
        return outages.outlast(
            "A record on " + record.topic(),
            hold::isEnding,
            () -> refuseUnreadable(record, e.getMessage()));
      }
      TaskHeader header = task.getHeader();
      Attempt attempt = new Attempt(stage, header, record, outbox, checkpoints, hold);
      return LogFields.with(header.getImageId(), () -> work(record, task, header, attempt));
    } catch (StageStoppedException e) {
      return giveBack(record, hold);
    }
  }

  /**
   * Works on a task and sees to its end, whatever that is; what is made is not lost to an outage.
   *
   * @throws StageStoppedException if this worker is to end, and another to go on
   */
  private Disposition work(
      ConsumerRecord<byte[], byte[]> record, Task task, TaskHeader header, Attempt attempt) {
    try {
      Supplier<Disposition> end =
          outlast(header, attempt, () -> outcome(record, task, header, attempt));
      Disposition disposition =
          outlast(header, attempt, () -> settled(end, record, header, attempt));
      attempt.end(disposition);
      return disposition;
    } catch (StageStoppedException e) {
      attempt.end(Disposition.RETRY);
      throw e;
    }
  }

  private <A> A outlast(TaskHeader header, Attempt attempt, Supplier<A> work) {
    return outages.outlast(header.getImageId(), attempt::isStopping, work);
  }

  /** Does the work; what is left to be done is given back, as it may have to be done again. */
  private Supplier<Disposition> outcome(
      ConsumerRecord<byte[], byte[]> record, Task task, TaskHeader header, Attempt attempt) {
    try {
      if (attempt.number() > GroupSetup.MAX_ATTEMPTS) {
        return () -> giveUp(record, header, "its workers ended or lost it, the last time as well");
      }
      Routing.checkRoute(stage, task.getRouteList());
      StageResult result = runtime.run(task, attempt);
      return () -> handOn(task, result);
    } catch (InvalidTaskException e) {
      return () -> passOnOrRefuse(record, header, attempt, e);
    } catch (StageStoppedException e) {
      return switch (e.reason()) {
        case SHUTDOWN -> throw e;
        case CANCELLED -> () -> endWith(header, ErrorCode.CANCELLED, e);
        case DEADLINE_EXCEEDED -> () -> endWith(header, ErrorCode.DEADLINE_EXCEEDED, e);
      };
    } catch (WorkerFullException e) {
      return () -> retryElsewhere(record, header, attempt, e);
    } catch (OutageException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      return () -> retryOrGiveUp(record, header, attempt, e);
    }
  }

  private Disposition settled(
      Supplier<Disposition> end,
      ConsumerRecord<byte[], byte[]> record,
      TaskHeader header,
      Attempt attempt) {
    try {
      return end.get();
    } catch (OutageException | StageStoppedException e) {
      throw e;
    } catch (RuntimeException e) {
      return retryOrGiveUp(record, header, attempt, e);
    }
  }

  /**
   * To another worker, as this one ends. A record that was given back before is written anew: of
   * its few deliveries the most are for faults.
   */
  private Disposition giveBack(ConsumerRecord<byte[], byte[]> record, ShareGroupWorker.Hold hold) {
    if (Attempt.number(record) <= RELEASES || hold.isLost()) {
      return Disposition.RETRY;
    }
    try {
      outbox.passOn(record, PassingOn.hops(record) + 1);
      return Disposition.DONE;
    } catch (RuntimeException e) {
      LOG.warn("A record could not be written anew and is given back: {}", e.getMessage());
      return Disposition.RETRY;
    }
  }

  private Disposition passOnOrRefuse(
      ConsumerRecord<byte[], byte[]> record,
      TaskHeader header,
      Attempt attempt,
      InvalidTaskException e) {
    if (!passing.pass(record, ModelName.own(header.getModel()), e, attempt::isStopping)) {
      outcomes.failed(header, e.code(), e.field(), e.getMessage());
      deadLetter(record, e.getMessage());
    }
    return Disposition.DONE;
  }

  private static Task parse(ConsumerRecord<byte[], byte[]> record)
      throws InvalidProtocolBufferException {
    if (record.value() == null) {
      throw new InvalidProtocolBufferException("the record has no value");
    }
    return Task.parseFrom(record.value());
  }

  /** The key is all that may still say who waits. */
  private Disposition refuseUnreadable(ConsumerRecord<byte[], byte[]> record, String problem) {
    String reason = "not a task of the %s: %s".formatted(Topics.name(stage), problem);
    LOG.warn("A record on {} is {}", record.topic(), reason);
    Optional.ofNullable(record.key())
        .map(key -> new String(key, StandardCharsets.UTF_8))
        .flatMap(ImageId::parse)
        .ifPresent(
            image ->
                outcomes.failed(
                    TaskHeader.newBuilder()
                        .setWorkId(image.workId())
                        .setImageIndex(image.index())
                        .build(),
                    ErrorCode.INVALID_ARGUMENT,
                    "",
                    reason));
    deadLetter(record, reason);
    return Disposition.DONE;
  }

  private Disposition endWith(TaskHeader header, ErrorCode code, StageStoppedException e) {
    outcomes.failed(header, code, "", e.getMessage());
    return Disposition.DONE;
  }

  private Disposition retryOrGiveUp(
      ConsumerRecord<byte[], byte[]> record, TaskHeader header, Attempt attempt, Throwable fault) {
    attempt.forget();
    if (attempt.isStopping()) {
      throw new StageStoppedException(StageStoppedException.Reason.SHUTDOWN);
    }
    if (attempt.number() >= GroupSetup.MAX_ATTEMPTS) {
      return giveUp(record, header, fault.toString());
    }
    if (attempt.number() == 1) {
      faults.tell("%s failed and is tried again".formatted(header.getImageId()), fault);
    } else {
      LOG.debug("Attempt {} at {} failed", attempt.number(), header.getImageId(), fault);
    }
    Backoff.sleep(backoff.after(attempt.number()), attempt::isStopping);
    return Disposition.RETRY;
  }

  private Disposition retryElsewhere(
      ConsumerRecord<byte[], byte[]> record,
      TaskHeader header,
      Attempt attempt,
      WorkerFullException e) {
    LOG.warn("{} is given back: {}", header.getImageId(), e.getMessage());
    if (attempt.number() < FULL_ATTEMPTS) {
      return Disposition.RETRY;
    }
    String reason = "this picture's work takes more memory than there is; a smaller one will do";
    outcomes.failed(header, ErrorCode.INVALID_ARGUMENT, "parameters", reason);
    deadLetter(record, e.getMessage());
    return Disposition.DONE;
  }

  private Disposition giveUp(
      ConsumerRecord<byte[], byte[]> record, TaskHeader header, String fault) {
    LOG.warn(
        "{} failed {} times and is given up: {}",
        header.getImageId(),
        GroupSetup.MAX_ATTEMPTS,
        fault);
    outcomes.failed(header, Outbox.internalError());
    deadLetter(record, "failed %d times: %s".formatted(GroupSetup.MAX_ATTEMPTS, fault));
    return Disposition.DONE;
  }

  private void deadLetter(ConsumerRecord<byte[], byte[]> record, String reason) {
    outbox.deadLetter(record, reason);
    deadLetters.increment();
  }

  private Disposition handOn(Task task, StageResult result) {
    TaskHeader header = result.getHeader();
    if (task.getRouteCount() == 0) {
      outcomes.done(header, result.getImage());
      return Disposition.DONE;
    }
    ImageId image = ImageId.of(header).orElseThrow();
    int stagesBefore = task.getHeader().getTimingsCount();
    Map<String, Tensor> outputs =
        runtime.payloads().store(image, stagesBefore, stage, result.getOutputsMap());
    Task next = Routing.next(task, header, outputs);
    runtime.payloads().keep(next);
    outbox.send(next.getStep().getTopic(), header.getImageId(), next, TraceParent.current());
    return Disposition.DONE;
  }

  private static String traceParent(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(RecordHeaders.TRACE_PARENT);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }
}
