package dev.sluice.gateway.work;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.sluice.catalog.ModelDigests;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.v1.AcceptedGeneration;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.Label;
import dev.sluice.contract.v1.LabelledWork;
import dev.sluice.contract.v1.Origin;
import dev.sluice.contract.v1.Task;
import dev.sluice.contract.v1.TaskHeader;
import dev.sluice.planning.fork.KeptTasks;
import dev.sluice.planning.plan.GenerationPlan;
import dev.sluice.planning.request.RequestException;
import dev.sluice.stage.blob.BlobStore;
import dev.sluice.stage.work.OutageException;
import dev.sluice.stage.work.Payloads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Which work each tenant's labels stand for. It lies in the blob store, so that all gateways and
 * doors agree: of two who ask under one label at the same time one begins the work, and the other
 * joins it or is refused.
 */
public final class WorkRegistry implements KeptTasks {

  private final BlobStore blobs;
  private final Payloads payloads;
  private final Duration retention;

  /**
   * @param retention for which results are kept at least; what was begun earlier is over, as its
   *     results may be gone before its label is: a bucket's rule deletes in no order
   */
  public WorkRegistry(BlobStore blobs, Payloads payloads, Duration retention) {
    this.blobs = blobs;
    this.payloads = payloads;
    this.retention = retention;
  }

  /**
   * What a label stands for now.
   *
   * @param isNew whether that is due to this claim, so that the claimant has to begin the work
   */
  public record Claim(LabelledWork work, boolean isNew) {}

  /**
   * Has a request's label stand for work of its own, unless it stands for the same work already:
   * one that is under way, or whose pictures are kept.
   *
   * @param plan of {@code request}
   * @throws RequestException if the label stands for something else
   */
  public Claim claim(GenerationRequest request, GenerationPlan plan) {
    TaskHeader header = plan.header();
    String key = key(header.getTenant(), header.getRequestId());
    String content = contentOf(request);
    LabelledWork.Builder fresh =
        LabelledWork.newBuilder()
            .setWorkId(UUID.randomUUID().toString())
            .setContent(content)
            .setCreatedAt(now())
            .setImages(plan.images());
    if (header.hasDeadline()) {
      fresh.setDeadline(header.getDeadline());
    }
    while (true) {
      Optional<byte[]> stored = read(key);
      if (stored.isPresent()) {
        LabelledWork known = parse(stored.get());
        if (!isOver(known)) {
          if (!known.getContent().equals(content)) {
            throw RequestException.alreadyExists(
                "request_id",
                "Something else was asked for as '%s'; ask for the same, or choose another request_id."
                    .formatted(header.getRequestId()));
          }
          return new Claim(known, false);
        }
      }
      if (swap(key, stored, fresh.build())) {
        return new Claim(fresh.build(), true);
      }
    }
  }

  /** The first tasks of some work are all written. */
  void written(TaskHeader header) {
    update(header, work -> work.toBuilder().setWritten(true).build());
  }

  /** Some work will not be done: whoever uses its label from now on, asks anew. */
  public void giveUp(TaskHeader header) {
    update(header, work -> work.toBuilder().setGivenUp(true).build());
  }

  /**
   * As {@link #giveUp(TaskHeader)}, by what a tenant calls it, if it was accepted by {@code at}.
   */
  public void giveUp(Label label, Timestamp at) {
    String key = key(label.getTenant(), label.getRequestId());
    update(
        key,
        work ->
            Timestamps.compare(work.getCreatedAt(), at) <= 0
                ? work.toBuilder().setGivenUp(true).build()
                : work);
  }

  /** The work that a tenant's label stands for. */
  Optional<LabelledWork> find(String tenant, String label) {
    return read(key(tenant, label)).map(WorkRegistry::parse);
  }

  @Override
  public Optional<Task> find(String tenant, Origin from) {
    return find(tenant, from.getRequestId())
        .map(work -> new ImageId(work.getWorkId(), from.getImageIndex()))
        .flatMap(image -> payloads.kept(image, from.getStage()));
  }

  /** What has become of its pictures so far, those that are ready. */
  List<GenerationResult> outcomes(LabelledWork work) {
    return outcomes(work.getWorkId(), work.getImages());
  }

  private List<GenerationResult> outcomes(String workId, int images) {
    List<GenerationResult> outcomes = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      payloads.outcome(new ImageId(workId, i)).ifPresent(outcomes::add);
    }
    return outcomes;
  }

  /** What has become of an accepted request's pictures so far, those that are ready. */
  public List<GenerationResult> outcomesOf(AcceptedGeneration work) {
    return outcomes(work.getWorkId(), work.getAccepted().getN());
  }

  /**
   * Whether an accepted request was given up; where its label stands for other work by now, too.
   */
  public boolean isGivenUp(AcceptedGeneration work) {
    return find(work.getTenant(), work.getRequestId())
        .map(known -> known.getGivenUp() || !known.getWorkId().equals(work.getWorkId()))
        .orElse(false);
  }

  /** Whether there is nothing to join: no picture will come that is not there, and not all are. */
  private boolean isOver(LabelledWork work) {
    if (work.getGivenUp() || isForgotten(work)) {
      return true;
    }
    List<GenerationResult> outcomes = outcomes(work);
    boolean ended = outcomes.size() == work.getImages();
    boolean tooLate = work.hasDeadline() && Timestamps.compare(work.getDeadline(), now()) < 0;
    return ended ? outcomes.stream().anyMatch(GenerationResult::hasError) : tooLate;
  }

  private boolean isForgotten(LabelledWork work) {
    Timestamp end = Timestamps.add(work.getCreatedAt(), Durations.fromMillis(retention.toMillis()));
    return Timestamps.compare(end, now()) < 0;
  }

  private void update(TaskHeader header, UnaryOperator<LabelledWork> change) {
    update(
        key(header.getTenant(), header.getRequestId()),
        work -> work.getWorkId().equals(header.getWorkId()) ? change.apply(work) : work);
  }

  private void update(String key, UnaryOperator<LabelledWork> change) {
    boolean settled = false;
    while (!settled) {
      Optional<byte[]> stored = read(key);
      LabelledWork before = stored.map(WorkRegistry::parse).orElse(null);
      LabelledWork after = before == null ? null : change.apply(before);
      settled = before == null || after.equals(before) || swap(key, stored, after);
    }
  }

  /** Who waits, and for how long, is no part of what is asked for. */
  private static String contentOf(GenerationRequest request) {
    GenerationRequest content =
        request.toBuilder()
            .clearRequestId()
            .clearTenant()
            .clearTimeout()
            .clearCancelOnDisconnect()
            .build();
    byte[] bytes = new byte[content.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      content.writeTo(out);
    } catch (IOException e) {
      throw new IllegalStateException("an array of the right size cannot overflow", e);
    }
    return ModelDigests.of(bytes);
  }

  /** Tenants and labels may hold what keys must not. */
  private static String key(String tenant, String label) {
    String both = tenant.length() + " " + tenant + label;
    return "labels/" + ModelDigests.of(both.getBytes(StandardCharsets.UTF_8));
  }

  private static Timestamp now() {
    return Timestamps.fromMillis(System.currentTimeMillis());
  }

  private Optional<byte[]> read(String key) {
    try {
      return Optional.of(blobs.get(key));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new OutageException("the blob store cannot be read: " + e.getMessage(), e);
    }
  }

  private boolean swap(String key, Optional<byte[]> expected, LabelledWork next) {
    try {
      return blobs.swap(key, expected, next.toByteString().asReadOnlyByteBuffer());
    } catch (IOException e) {
      throw new OutageException("the blob store cannot be written: " + e.getMessage(), e);
    }
  }

  private static LabelledWork parse(byte[] stored) {
    try {
      return LabelledWork.parseFrom(stored);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("what a label stands for cannot be read", e);
    }
  }
}
