package dev.sluice.client;

import com.google.protobuf.util.Durations;
import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.CancelRequest;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationRequest;
import dev.sluice.contract.v1.Image;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The stream of one request's events, told to its listener and gathered. */
final class Events implements ClientResponseObserver<GenerationRequest, GenerationEvent> {

  private final GenerationListener listener;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final List<Picture> pictures = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();
  private volatile ClientCallStreamObserver<GenerationRequest> call;
  private volatile CancelRequest label;

  Events(GenerationListener listener) {
    this.listener = listener;
  }

  CompletableFuture<Outcome> outcome() {
    return outcome;
  }

  /** What ends the work by its label; null before that is known. */
  CancelRequest label() {
    return label;
  }

  void hangUp() {
    call.cancel("The caller does not want it any more.", null);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<GenerationRequest> stream) {
    call = stream;
  }

  @Override
  public void onNext(GenerationEvent event) {
    try {
      take(event);
    } catch (RuntimeException e) {
      outcome.completeExceptionally(e);
      hangUp();
    }
  }

  private void take(GenerationEvent event) {
    int index = event.getImageIndex();
    switch (event.getEventCase()) {
      case ACCEPTED -> {
        label =
            CancelRequest.newBuilder()
                .setRequestId(event.getRequestId())
                .setTenant(event.getTenant())
                .build();
        listener.understood(
            new Understood(
                event.getWorkId(),
                event.getRequestId(),
                event.getAccepted().getModel(),
                event.getAccepted().getN(),
                event.getAccepted().getSeed(),
                event.getAccepted().getStagesList().stream().map(Topics::name).toList(),
                List.copyOf(event.getAccepted().getWarningsList())));
      }
      case PROGRESS ->
          listener.progress(
              new Progress(
                  index,
                  Topics.name(event.getProgress().getStage()),
                  event.getProgress().getStep(),
                  event.getProgress().getTotal()));
      case LOADING ->
          listener.loading(
              new Loading(
                  index,
                  Topics.name(event.getLoading().getStage()),
                  event.getLoading().getModel(),
                  event.getLoading().getLoading().getBytes(),
                  event.getLoading().getLoading().getTotal()));
      case PREVIEW -> listener.preview(index, event.getPreview().getPng().toByteArray());
      case IMAGE -> {
        Picture picture = picture(event);
        pictures.add(picture);
        listener.picture(picture);
      }
      case ERROR -> {
        Failure failure = Failures.of(index, event.getError());
        failures.add(failure);
        listener.failed(failure);
      }
      default -> {
        // Something that a newer gateway tells.
      }
    }
  }

  private static Picture picture(GenerationEvent event) {
    Image image = event.getImage();
    Map<String, Duration> took = new LinkedHashMap<>();
    image
        .getTimingsList()
        .forEach(
            timing ->
                took.put(
                    Topics.name(timing.getStage()),
                    Duration.ofNanos(Durations.toNanos(timing.getDuration()))));
    return new Picture(
        event.getWorkId(),
        event.getRequestId(),
        image.getIndex(),
        image.getSeed(),
        image.getWidth(),
        image.getHeight(),
        image.getPng().toByteArray(),
        took,
        List.copyOf(image.getWarningsList()));
  }

  @Override
  public void onError(Throwable error) {
    outcome.completeExceptionally(Failures.exception(error));
  }

  @Override
  public void onCompleted() {
    outcome.complete(new Outcome(List.copyOf(pictures), List.copyOf(failures)));
  }
}
