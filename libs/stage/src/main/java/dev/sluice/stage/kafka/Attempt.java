package dev.sluice.stage.kafka;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.Preview;
import dev.sluice.contract.v1.Stage;
import dev.sluice.contract.v1.StageLoading;
import dev.sluice.contract.v1.StageProgress;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.stage.trace.TraceParent;
import dev.sluice.stage.work.ProgressStore;
import dev.sluice.stage.work.StageRuntime;
import dev.sluice.stage.work.StageStoppedException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One delivery of a task by Kafka: what it tells becomes events, and what it has reached is kept
 * for the next delivery.
 */
final class Attempt implements StageRuntime.Caller {

  private final Stage stage;
  private final TaskHeader header;
  private final ConsumerRecord<byte[], byte[]> record;
  private final Outbox outbox;
  private final ProgressStore checkpoints;
  private final ShareGroupWorker.Hold hold;

  /** Of the thread that began: steps and previews are told by others, which work for many. */
  private final String traceParent = TraceParent.current();

  private ProgressStore.Checkpoint checkpoint;

  Attempt(
      Stage stage,
      TaskHeader header,
      ConsumerRecord<byte[], byte[]> record,
      Outbox outbox,
      ProgressStore checkpoints,
      ShareGroupWorker.Hold hold) {
    this.stage = stage;
    this.header = header;
    this.record = record;
    this.outbox = outbox;
    this.checkpoints = checkpoints;
    this.hold = hold;
  }

  /** Which delivery of a record this is, from 1. */
  static int number(ConsumerRecord<byte[], byte[]> record) {
    return record.deliveryCount().orElse((short) 1);
  }

  int number() {
    return number(record);
  }

  @Override
  public void progress(int step, int total) {
    outbox.send(
        event()
            .setProgress(StageProgress.newBuilder().setStage(stage).setStep(step).setTotal(total))
            .build(),
        traceParent);
  }

  @Override
  public void preview(int step, byte[] png) {
    outbox.send(
        event()
            .setPreview(Preview.newBuilder().setStep(step).setPng(ByteString.copyFrom(png)))
            .build(),
        traceParent);
  }

  @Override
  public void loading(StageLoading loading) {
    outbox.send(event().setLoading(loading).build(), traceParent);
  }

  private GenerationEvent.Builder event() {
    return GenerationEvent.newBuilder()
        .setRequestId(header.getRequestId())
        .setTenant(header.getTenant())
        .setWorkId(header.getWorkId())
        .setImageIndex(header.getImageIndex())
        .setAt(Timestamps.fromMillis(System.currentTimeMillis()));
  }

  @Override
  public Optional<byte[]> reached() {
    return number() > 1 || PassingOn.hops(record) > 0 ? checkpoint().read() : Optional.empty();
  }

  @Override
  public void keep(Supplier<byte[]> reached, boolean last) {
    checkpoint().keep(reached, last);
  }

  @Override
  public Runnable leaveSlot() {
    return hold.leaveSlot();
  }

  boolean isStopping() {
    return hold.isEnding();
  }

  /** Whether the record is another worker's now. */
  boolean isLost() {
    return hold.isLost();
  }

  @Override
  public Optional<StageStoppedException.Reason> stopped() {
    return isStopping() ? Optional.of(StageStoppedException.Reason.SHUTDOWN) : Optional.empty();
  }

  /** The next attempt, should there be one, begins anew. */
  void forget() {
    if (checkpoint != null) {
      checkpoint.forget();
      checkpoint = null;
    }
  }

  /** The work is over; the record will be acknowledged as {@code disposition} says. */
  void end(ShareGroupWorker.Disposition disposition) {
    if (disposition == ShareGroupWorker.Disposition.DONE) {
      forget();
    } else if (checkpoint != null) {
      checkpoint.settle();
    }
  }

  /**
   * Of a task whose header was checked, as those are that get as far as having reached something.
   */
  private ProgressStore.Checkpoint checkpoint() {
    if (checkpoint == null) {
      ImageId image = ImageId.of(header).orElseThrow();
      checkpoint = checkpoints.of(image, header.getTimingsCount(), stage, record.value());
    }
    return checkpoint;
  }
}
