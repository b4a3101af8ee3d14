package dev.sluice.gateway.work;

import com.google.protobuf.util.Timestamps;
import dev.sluice.contract.ImageId;
import dev.sluice.contract.v1.AcceptedGeneration;
import dev.sluice.contract.v1.ErrorCode;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationResult;
import dev.sluice.contract.v1.GenerationState;
import dev.sluice.contract.v1.GenerationStatus;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.PictureStatus;
import dev.sluice.contract.v1.StageProgress;
import dev.sluice.stage.work.Payloads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has become of requests. Nothing of it is kept by the gateway that accepted one: pictures and
 * errors are in the blob store, as is whether a request was given up, so that any gateway can say.
 */
public final class WorkStates {

  private static final int MOST = 50_000;

  private final AcceptedWorks works;
  private final WorkRegistry registry;
  private final Payloads payloads;
  private final Duration kept;

  /** What became of pictures does not change; their files are large to read for that alone. */
  private final Map<ImageId, PictureStatus> ended =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ImageId, PictureStatus> eldest) {
          return size() > MOST;
        }
      };

  /**
   * @param kept how long pictures are; older requests are not known any more
   */
  public WorkStates(AcceptedWorks works, WorkRegistry registry, Payloads payloads, Duration kept) {
    this.works = works;
    this.registry = registry;
    this.payloads = payloads;
    this.kept = kept;
  }

  /** A list of requests, and whether there are older ones. */
  public record Page(List<GenerationStatus> generations, boolean hasMore) {}

  /** The request of a work id; empty if it is not known, or not any more. */
  public Optional<AcceptedGeneration> find(String workId) {
    return works.find(workId).filter(work -> Timestamps.toMillis(work.getCreatedAt()) >= oldest());
  }

  private long oldest() {
    return System.currentTimeMillis() - kept.toMillis();
  }

  /**
   * A tenant's requests, newest first.
   *
   * @param after the one before the first; empty for the newest
   */
  public Page list(String tenant, Optional<AcceptedGeneration> after, int limit) {
    List<AcceptedGeneration> found =
        works.list(tenant, after, Timestamps.fromMillis(oldest()), limit + 1);
    List<GenerationStatus> page = found.stream().limit(limit).map(this::of).toList();
    return new Page(page, found.size() > limit);
  }

  /** What has become of a request. */
  public GenerationStatus of(AcceptedGeneration work) {
    Optional<GenerationState> end = end(work);
    List<PictureStatus> pictures = new ArrayList<>();
    for (int i = 0; i < work.getAccepted().getN(); i++) {
      pictures.add(picture(work, i, end));
    }
    return GenerationStatus.newBuilder()
        .setGeneration(work)
        .setState(whole(pictures))
        .addAllPictures(pictures)
        .build();
  }

  /** How it ended for the pictures that are not there; empty if they may still come. */
  private Optional<GenerationState> end(AcceptedGeneration work) {
    if (registry.isGivenUp(work)) {
      return Optional.of(GenerationState.GAVE_UP);
    }
    boolean late =
        work.hasDeadline() && Timestamps.toMillis(work.getDeadline()) < System.currentTimeMillis();
    return late ? Optional.of(GenerationState.FAILED) : Optional.empty();
  }

  private PictureStatus picture(AcceptedGeneration work, int index, Optional<GenerationState> end) {
    ImageId id = new ImageId(work.getWorkId(), index);
    Optional<PictureStatus> outcome = outcome(id);
    if (outcome.isPresent()) {
      return outcome.get();
    }
    PictureStatus.Builder status = PictureStatus.newBuilder().setIndex(index);
    if (end.isPresent()) {
      status.setState(end.get());
      if (end.get() == GenerationState.FAILED) {
        status.setError(
            GenerationError.newBuilder()
                .setCode(ErrorCode.DEADLINE_EXCEEDED)
                .setMessage("The request's timeout passed before this picture was ready."));
      }
      return status.build();
    }
    Optional<StageProgress> progress = works.progress(work.getWorkId(), index);
    progress.ifPresent(status::setProgress);
    return status
        .setState(progress.isPresent() ? GenerationState.IN_PROGRESS : GenerationState.QUEUED)
        .build();
  }

  private Optional<PictureStatus> outcome(ImageId id) {
    synchronized (ended) {
      if (ended.containsKey(id)) {
        return Optional.of(ended.get(id));
      }
    }
    Optional<PictureStatus> outcome =
        payloads.outcome(id).map(result -> status(id.index(), result));
    outcome.ifPresent(
        status -> {
          synchronized (ended) {
            ended.put(id, status);
          }
        });
    return outcome;
  }

  private static PictureStatus status(int index, GenerationResult result) {
    PictureStatus.Builder status = PictureStatus.newBuilder().setIndex(index);
    if (result.hasError()) {
      boolean cancelled = result.getError().getCode() == ErrorCode.CANCELLED;
      return status
          .setState(cancelled ? GenerationState.GAVE_UP : GenerationState.FAILED)
          .setError(result.getError())
          .build();
    }
    Image image = result.getImage();
    return status
        .setState(GenerationState.SUCCEEDED)
        .setSeed(image.getSeed())
        .setWidth(image.getWidth())
        .setHeight(image.getHeight())
        .addAllWarnings(image.getWarningsList())
        .build();
  }

  /** A picture that is there; empty if it is not, or not any more. */
  public Optional<Image> image(AcceptedGeneration work, int index) {
    if (index < 0 || index >= work.getAccepted().getN()) {
      return Optional.empty();
    }
    return payloads
        .outcome(new ImageId(work.getWorkId(), index))
        .filter(GenerationResult::hasImage)
        .map(GenerationResult::getImage);
  }

  private static GenerationState whole(List<PictureStatus> pictures) {
    List<GenerationState> states = pictures.stream().map(PictureStatus::getState).toList();
    boolean running =
        states.contains(GenerationState.QUEUED) || states.contains(GenerationState.IN_PROGRESS);
    if (running) {
      boolean begun = states.stream().anyMatch(state -> state != GenerationState.QUEUED);
      return begun ? GenerationState.IN_PROGRESS : GenerationState.QUEUED;
    }
    for (GenerationState end : List.of(GenerationState.GAVE_UP, GenerationState.FAILED)) {
      if (states.contains(end)) {
        return end;
      }
    }
    return GenerationState.SUCCEEDED;
  }
}
