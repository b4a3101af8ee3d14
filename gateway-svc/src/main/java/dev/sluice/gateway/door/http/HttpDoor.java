package dev.sluice.gateway.door.http;

import dev.sluice.gateway.config.GatewaySettings;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * What every HTTP request meets before its resource: refusals are JSON in the shape of all errors,
 * and pages of other origins cannot set this server to work.
 */
@ApplicationScoped
public class HttpDoor {

  /** Before the server's own limit of a body, which says nothing. */
  private static final int PRIORITY = 500;

  /** After that limit is set: filters with a higher priority come before. */
  private static final int AFTER_SERVERS_LIMIT = 1;

  /** What is read of a body that is too large, for whoever sends all of it before reading. */
  private static final long MOST_DRAINED = 512L << 20;

  private static final Duration LONGEST_DRAIN = Duration.ofSeconds(20);

  /** Where the server keeps how much of a body may be read. */
  private static final String SERVERS_LIMIT = "io.quarkus.max-request-size";

  private final Origins origins;
  private final long mostBytes;

  HttpDoor(
      GatewaySettings settings,
      @ConfigProperty(name = "quarkus.http.host") String host,
      @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize mostBytes) {
    this.origins = new Origins(settings.allowedOrigins().orElse(Set.of()), host);
    this.mostBytes = mostBytes.asLongValue();
  }

  void guard(@Observes Filters filters) {
    filters.register(this::check, PRIORITY);
    filters.register(HttpDoor::leaveLimitToUs, AFTER_SERVERS_LIMIT);
  }

  /** The server would cut a body of no announced length off with an answer that is empty. */
  private static void leaveLimitToUs(RoutingContext context) {
    context.put(SERVERS_LIMIT, Long.MAX_VALUE);
    context.next();
  }

  /**
   * The body of a request.
   *
   * @return empty if it is larger than bodies may be; the rest is passed over then, as an answer
   *     that comes while a client still sends may be lost with the connection
   */
  public Optional<byte[]> read(InputStream body) throws IOException {
    byte[] read = body.readNBytes(Math.toIntExact(mostBytes + 1));
    if (read.length <= mostBytes) {
      return Optional.of(read);
    }
    long started = System.nanoTime();
    byte[] rest = new byte[1 << 16];
    long drained = 0;
    while (drained < MOST_DRAINED && System.nanoTime() - started < LONGEST_DRAIN.toNanos()) {
      int more = body.read(rest);
      if (more < 0) {
        break;
      }
      drained += more;
    }
    return Optional.empty();
  }

  void tellWhatIsNotThere(@Observes Router router) {
    for (HttpRefusal refusal : HttpRefusal.values()) {
      router.errorHandler(refusal.status(), context -> refuse(context, refusal));
    }
  }

  private void check(RoutingContext context) {
    HttpServerRequest request = context.request();
    context.response().putHeader("x-request-id", RequestIds.of(context));
    String origin = request.getHeader("origin");
    if (!origins.mayAsk(
        request.method().name(),
        origin,
        request.getHeader("sec-fetch-site"),
        request.authority())) {
      refuse(context, HttpRefusal.ORIGIN_NOT_ALLOWED);
      return;
    }
    if (origins.isAllowed(origin)) {
      allow(context.response(), origin);
      if (request.method() == HttpMethod.OPTIONS) {
        context.response().setStatusCode(204).end();
        return;
      }
    }
    if (length(request) > mostBytes) {
      refuse(context, HttpRefusal.BODY_TOO_LARGE);
      return;
    }
    String encoding = request.getHeader("content-encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      refuse(context, HttpRefusal.UNSUPPORTED_MEDIA_TYPE);
      return;
    }
    context.next();
  }

  private static void allow(HttpServerResponse response, String origin) {
    response
        .putHeader("access-control-allow-origin", origin)
        .putHeader("access-control-allow-methods", "GET, POST")
        .putHeader(
            "access-control-allow-headers",
            "content-type, authorization, idempotency-key, traceparent")
        .putHeader("access-control-expose-headers", "warning, x-request-id")
        .putHeader("vary", "origin");
  }

  private static long length(HttpServerRequest request) {
    try {
      return Long.parseLong(request.getHeader("content-length"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** A refusal as a resource gives it. */
  public Response response(HttpRefusal refusal) {
    Response response =
        HttpErrors.response(refusal.status(), refusal.code(), refusal.message(mostBytes), "");
    return refusal == HttpRefusal.BODY_TOO_LARGE
        ? Response.fromResponse(response).header("connection", "close").build()
        : response;
  }

  /**
   * Lets a body run out that nobody reads: most clients send all of it before they look at the
   * answer, which is lost to them if the connection breaks before.
   */
  private static void passOver(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (request.isEnded()) {
      return;
    }
    long timer =
        context.vertx().setTimer(LONGEST_DRAIN.toMillis(), late -> request.connection().close());
    request.connection().closeHandler(closed -> context.vertx().cancelTimer(timer));
    request.endHandler(end -> context.vertx().cancelTimer(timer)).resume();
  }

  private void refuse(RoutingContext context, HttpRefusal refusal) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.headWritten()) {
      return;
    }
    passOver(context);
    response.setStatusCode(refusal.status()).putHeader("content-type", "application/json");
    if (refusal == HttpRefusal.BODY_TOO_LARGE) {
      response.putHeader("connection", "close");
    }
    String allowed = Endpoint.allowed(context.request().path());
    if (refusal == HttpRefusal.METHOD_NOT_ALLOWED && !allowed.isEmpty()) {
      response.putHeader("allow", allowed);
    }
    response.end(
        new JsonObject(
                HttpErrors.body(refusal.status(), refusal.code(), refusal.message(mostBytes), ""))
            .encode());
  }
}
