package dev.sluice.gateway.door.http;

import dev.sluice.stage.kafka.Outbox;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.util.Arrays;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What no resource has an answer to, as JSON in the shape of all errors. */
class ErrorMappers {

  private static final Logger LOG = LoggerFactory.getLogger(ErrorMappers.class);

  /** What the server says of a body of more parts than quarkus.http.limits.max-parameters. */
  private static final String TOO_MANY_PARTS = "Param limit of ";

  private final HttpDoor door;

  ErrorMappers(HttpDoor door) {
    this.door = door;
  }

  @ServerExceptionMapper
  Response refused(WebApplicationException e, UriInfo uri) {
    int status = e.getResponse().getStatus();
    Response response =
        Arrays.stream(HttpRefusal.values())
            .filter(refusal -> refusal.status() == status)
            .findFirst()
            .map(door::response)
            .orElseGet(() -> HttpErrors.response(status, "refused", e.getMessage(), ""));
    String allowed = Endpoint.allowed(uri.getRequestUri().getRawPath());
    return status == 405 && !allowed.isEmpty()
        ? Response.fromResponse(response).header("allow", allowed).build()
        : response;
  }

  /** Only a body of several parts is read before its resource. */
  @ServerExceptionMapper
  Response torn(IOException e) {
    LOG.debug("A body of several parts cannot be read", e);
    return HttpErrors.response(
        400,
        "invalid_argument",
        "The body is no whole multipart/form-data: its boundary is missing, or its end.",
        "");
  }

  @ServerExceptionMapper
  Response failed(RuntimeException e) {
    if (String.valueOf(e.getMessage()).startsWith(TOO_MANY_PARTS)) {
      return HttpErrors.response(
          400, "invalid_argument", "The body has too many parts: at most 1000.", "");
    }
    LOG.error("A call failed", e);
    return HttpErrors.response(Outbox.internalError());
  }
}
