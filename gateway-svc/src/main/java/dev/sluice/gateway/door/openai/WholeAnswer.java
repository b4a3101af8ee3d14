package dev.sluice.gateway.door.openai;

import dev.sluice.contract.v1.GenerationError;
import dev.sluice.contract.v1.GenerationEvent;
import dev.sluice.contract.v1.Image;
import dev.sluice.gateway.door.http.HttpErrors;
import dev.sluice.gateway.door.http.Json;
import dev.sluice.gateway.door.http.LateResponse;
import dev.sluice.gateway.door.http.WarningHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All pictures of a request in one JSON object, or the first error. */
final class WholeAnswer extends ImageAnswer {

  private final PictureParts parts;
  private final Map<Integer, Image> images = new TreeMap<>();

  /**
   * @param firstByte how long the answer waits for the pictures before it begins
   */
  WholeAnswer(PictureParts parts, RoutingContext call, Duration firstByte) {
    // White space before an object means nothing (RFC 8259, section 2).
    super(new LateResponse(call, MediaType.APPLICATION_JSON, " "));
    this.parts = parts;
    then(() -> response.beginAfter(firstByte, PAUSE, warnings()));
  }

  private synchronized List<String> warnings() {
    return List.copyOf(warnings);
  }

  @Override
  void hear(GenerationEvent event) {
    if (event.hasImage()) {
      synchronized (this) {
        images.put(event.getImageIndex(), event.getImage());
        warnings.addAll(event.getImage().getWarningsList());
      }
    }
  }

  @Override
  void end() {
    Response.ResponseBuilder answer =
        Response.ok(Json.bytes(body()), MediaType.APPLICATION_JSON_TYPE);
    WarningHeaders.of(warnings()).forEach(warning -> answer.header("warning", warning));
    response.end(answer.build());
  }

  @Override
  void fail(GenerationError error) {
    response.fail(HttpErrors.response(error), Json.text(HttpErrors.body(error)));
  }

  private synchronized Map<String, Object> body() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("created", System.currentTimeMillis() / 1000);
    body.put("id", id);
    body.put("model", model);
    body.put("data", images.values().stream().map(parts::entry).toList());
    body.put("background", "opaque");
    body.put("output_format", parts.call().options().format().id());
    images.values().stream()
        .findFirst()
        .ifPresent(image -> body.put("size", PictureParts.size(image.getPng())));
    if (!warnings.isEmpty()) {
      body.put("warnings", warnings);
    }
    return body;
  }
}
