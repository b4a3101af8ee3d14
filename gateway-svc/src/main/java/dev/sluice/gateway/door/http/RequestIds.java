package dev.sluice.gateway.door.http;

import io.vertx.ext.web.RoutingContext;
import java.util.UUID;

/**
 * What each HTTP request is called, in the header {@code x-request-id} of its answer: 1 to 128
 * characters of {@code [A-Za-z0-9._-]}, as the labels of requests are.
 */
public final class RequestIds {

  private static final String KEY = "sluice.request-id";

  private RequestIds() {}

  /** That of a call; the first to ask makes it. */
  public static String of(RoutingContext call) {
    String known = call.get(KEY);
    if (known != null) {
      return known;
    }
    String made = "req_" + UUID.randomUUID().toString().replace("-", "");
    call.put(KEY, made);
    return made;
  }
}
