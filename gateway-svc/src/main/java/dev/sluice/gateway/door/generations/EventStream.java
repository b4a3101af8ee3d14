package dev.sluice.gateway.door.generations;

import dev.sluice.contract.Topics;
import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.GenerationState;
import dev.sluice.contract.v1.Image;
import dev.sluice.contract.v1.PictureStatus;
import dev.sluice.gateway.door.http.HttpErrors;
import dev.sluice.gateway.door.http.Json;
import dev.sluice.gateway.door.http.LateResponse;
import dev.sluice.gateway.pending.GenerationListener;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What is heard of a request as server-sent events. The id of an event says which pictures have
 * been told of up to there, as the bits of a number in hexadecimal, so that any gateway can go on
 * after it; progress and previews are not told again.
 */
final class EventStream implements GenerationListener {

  /** The id of the last event. */
  static final String END = "end";

  private static final Duration PAUSE = Duration.ofSeconds(15);
  private static final int HEX = 16;

  private final LateResponse response;
  private BigInteger told;

  /**
   * @param lastEventId of a stream before; null for none
   */
  EventStream(RoutingContext call, String lastEventId) {
    this.response = new LateResponse(call, MediaType.SERVER_SENT_EVENTS, ":\n\n");
    this.told = told(lastEventId);
  }

  private static BigInteger told(String lastEventId) {
    try {
      return lastEventId == null ? BigInteger.ZERO : new BigInteger(lastEventId, HEX).abs();
    } catch (NumberFormatException e) {
      // Of another stream; all is told.
      return BigInteger.ZERO;
    }
  }

  /** What the resource returns. */
  CompletionStage<Response> response() {
    return response.response();
  }

  @Override
  public synchronized void onEvent(GenerationEvent event) {
    int index = event.getImageIndex();
    Map<String, Object> data = new LinkedHashMap<>();
    switch (event.getEventCase()) {
      case ACCEPTED -> {
        response.beginAfter(Duration.ZERO, PAUSE, List.of());
        data.put("id", event.getWorkId());
        data.put("n", event.getAccepted().getN());
        data.put("model", event.getAccepted().getModel());
        data.put("seed", event.getAccepted().getSeed());
        data.put("stages", event.getAccepted().getStagesList().stream().map(Topics::name).toList());
        data.put("warnings", event.getAccepted().getWarningsList());
        write("accepted", data);
      }
      case PROGRESS -> {
        data.put("index", index);
        data.putAll(StatusJson.progress(event.getProgress()));
        writePassing("progress", data);
      }
      case LOADING -> {
        data.put("index", index);
        data.put("stage", Topics.name(event.getLoading().getStage()));
        writePassing("loading", data);
      }
      case PREVIEW -> {
        data.put("index", index);
        data.put("step", event.getPreview().getStep());
        data.put(
            "b64_json",
            Base64.getEncoder().encodeToString(event.getPreview().getPng().toByteArray()));
        writePassing("preview", data);
      }
      case IMAGE -> writeOutcome("image", event, succeeded(event.getImage()).build());
      case ERROR -> writeOutcome("error", event, failed(event.getError()).build());
      default -> {
        // Nothing else is streamed.
      }
    }
  }

  private static PictureStatus.Builder succeeded(Image image) {
    return PictureStatus.newBuilder()
        .setState(GenerationState.SUCCEEDED)
        .setSeed(image.getSeed())
        .setWidth(image.getWidth())
        .setHeight(image.getHeight())
        .addAllWarnings(image.getWarningsList());
  }

  private static PictureStatus.Builder failed(GenerationError error) {
    return PictureStatus.newBuilder().setState(GenerationState.FAILED).setError(error);
  }

  private void writeOutcome(String name, GenerationEvent event, PictureStatus status) {
    int index = event.getImageIndex();
    if (!told.testBit(index)) {
      told = told.setBit(index);
      PictureStatus placed = status.toBuilder().setIndex(index).build();
      write(name, StatusJson.picture(event.getWorkId(), placed));
    }
  }

  @Override
  public synchronized void onEnd(Optional<GenerationError> error) {
    Map<String, Object> data = new LinkedHashMap<>();
    error.ifPresent(e -> data.putAll(HttpErrors.body(e)));
    response.write(event("end", END, data));
    response.end(Response.ok(new byte[0], MediaType.SERVER_SENT_EVENTS_TYPE).build());
  }

  /** What the next of its kind replaces is left out where the reader is slow. */
  private void writePassing(String name, Map<String, Object> data) {
    if (!response.isCongested()) {
      write(name, data);
    }
  }

  private void write(String name, Map<String, Object> data) {
    response.write(event(name, told.toString(HEX), data));
  }

  private static String event(String name, String id, Map<String, Object> data) {
    return "event: %s\nid: %s\ndata: %s\n\n".formatted(name, id, Json.text(data));
  }
}
