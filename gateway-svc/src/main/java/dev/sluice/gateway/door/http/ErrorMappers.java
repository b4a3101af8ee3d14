package dev.sluice.gateway.door.http;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** What no resource has an answer to, as JSON in the shape of all errors. */
class ErrorMappers {

  private final HttpDoor door;

  ErrorMappers(HttpDoor door) {
    this.door = door;
  }

  @ServerExceptionMapper
  Response refused(WebApplicationException e) {
    int status = e.getResponse().getStatus();
    return Arrays.stream(HttpRefusal.values())
        .filter(refusal -> refusal.status() == status)
        .findFirst()
        .map(door::response)
        .orElseGet(() -> HttpErrors.response(status, "refused", e.getMessage(), ""));
  }
}
