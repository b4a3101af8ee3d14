package dev.sluice.gateway.door.openai;

import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.gateway.door.http.HttpErrors;
import dev.sluice.gateway.door.http.Json;
import dev.sluice.gateway.door.http.LateResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Previews and pictures as server-sent events, each when it is there. */
final class StreamedAnswer extends ImageAnswer {

  /** We count no tokens; the field is one that clients read. */
  private static final Map<String, Object> USAGE =
      Map.of(
          "input_tokens", 0,
          "input_tokens_details", Map.of("image_tokens", 0, "text_tokens", 0),
          "output_tokens", 0,
          "total_tokens", 0);

  private final PictureParts parts;
  private final Map<Integer, Integer> partials = new HashMap<>();

  StreamedAnswer(PictureParts parts, RoutingContext call) {
    // A line that begins with a colon is a comment.
    super(new LateResponse(call, MediaType.SERVER_SENT_EVENTS, ":\n\n"));
    this.parts = parts;
    then(() -> response.beginAfter(Duration.ZERO, PAUSE, List.copyOf(warnings)));
  }

  @Override
  void hear(GenerationEvent event) {
    if (event.hasImage()) {
      then(() -> send(event));
    } else if (event.hasPreview() && !response.isCongested() && isWanted(event.getImageIndex())) {
      int index = partials.merge(event.getImageIndex(), 1, Integer::sum) - 1;
      then(() -> sendPartial(event, index));
    }
  }

  private boolean isWanted(int picture) {
    return partials.getOrDefault(picture, 0) < parts.call().options().partials();
  }

  private void sendPartial(GenerationEvent event, int index) {
    String type = "partial_image";
    Map<String, Object> data = parts.event(type, event.getPreview().getPng());
    data.put("partial_image_index", index);
    data.put("image_index", event.getImageIndex());
    write(parts.call().kind().event(type), data);
  }

  private void send(GenerationEvent event) {
    String type = "completed";
    Map<String, Object> data = parts.event(type, event.getImage().getPng());
    data.put("usage", USAGE);
    data.put("image_index", event.getImageIndex());
    data.put("seed", event.getImage().getSeed());
    data.put("id", id);
    data.put("model", model);
    List<String> all = new ArrayList<>(warnings);
    event.getImage().getWarningsList().stream().filter(w -> !all.contains(w)).forEach(all::add);
    if (!all.isEmpty()) {
      data.put("warnings", all);
    }
    write(parts.call().kind().event(type), data);
  }

  private void write(String name, Map<String, Object> data) {
    response.write("event: " + name + "\ndata: " + Json.text(data) + "\n\n");
  }

  @Override
  void end() {
    response.end(Response.ok(new byte[0], MediaType.SERVER_SENT_EVENTS_TYPE).build());
  }

  @Override
  void fail(GenerationError error) {
    write("error", HttpErrors.body(error));
    end();
  }
}
